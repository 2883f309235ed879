#include "row/closest_name.hpp"

#include <doctest/doctest.h>

#include <array>
#include <string>

using amend::closest_name;

namespace {

constexpr std::array<std::string_view, 5> names{"update", "undo", "status", "rate", "connections"};

}  // namespace

TEST_CASE("closest name: a letter more, less, wrong, or two exchanged is understood") {
  for (const char* typed : {"updte", "updatee", "updaze", "upadte", "updaet", "pudate"}) {
    CAPTURE(typed);
    CHECK(closest_name(typed, names) == "update");
  }
  CHECK(closest_name("connectons", names) == "connections");
  CHECK(closest_name("rat", names) == "rate");
}

TEST_CASE("closest name: what is far from all of them is not guessed at") {
  for (const char* typed : {"", "u", "zzzzzz", "upd", "stop", "ru", "connect"}) {
    CAPTURE(typed);
    CHECK(closest_name(typed, names).empty());
  }
}

TEST_CASE("closest name: a text of any length is compared within its bound") {
  const std::string at_bound(amend::name_bytes_max, 'x');
  const std::string beyond(amend::name_bytes_max + 1, 'x');
  const std::array<std::string_view, 2> long_names{at_bound, beyond};
  CHECK(closest_name(at_bound, long_names) == at_bound);
  CHECK(closest_name(beyond, long_names).empty());
  CHECK(closest_name(std::string(1'000'000, 'x'), long_names).empty());
}
