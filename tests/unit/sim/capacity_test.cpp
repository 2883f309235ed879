#include "sim/faults/capacity.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

using namespace amend::sim;
using namespace std::chrono_literals;

namespace {

using Span = std::chrono::nanoseconds;
using Done = std::optional<Span>;
const Capacity::Time start{1'700'000'000s};

class Case {
 public:
  std::string name;
  std::uint32_t places;
  std::optional<std::uint32_t> waiting_max;
  std::vector<Span> arrivals;
  std::vector<Done> expected;  // from the arrival on
};

}  // namespace

TEST_CASE("capacity: so many at once, the others in turn, too many refused") {
  const std::vector<Case> cases{
      {"free places: the work alone", 2, std::nullopt, {0ms, 0ms}, {10ms, 10ms}},
      {"one place: a queue", 1, std::nullopt, {0ms, 0ms, 0ms}, {10ms, 20ms, 30ms}},
      {"two places: pairs", 2, std::nullopt, {0ms, 0ms, 0ms, 0ms, 0ms}, {10ms, 10ms, 20ms, 20ms, 30ms}},
      {"who comes later waits less", 1, std::nullopt, {0ms, 4ms, 25ms}, {10ms, 16ms, 10ms}},
      {"as slow as the work: nobody waits", 1, std::nullopt, {0ms, 10ms, 20ms}, {10ms, 10ms, 10ms}},
      {"none may wait", 2, 0, {0ms, 0ms, 0ms, 10ms}, {10ms, 10ms, std::nullopt, 10ms}},
      {"one may wait", 1, 1, {0ms, 0ms, 0ms, 9ms}, {10ms, 20ms, std::nullopt, std::nullopt}},
      {"whose turn has come waits no more", 1, 1, {0ms, 0ms, 10ms, 10ms}, {10ms, 20ms, 20ms, std::nullopt}},
      {"who was refused takes no place", 1, 0, {0ms, 5ms, 5ms, 10ms}, {10ms, std::nullopt, std::nullopt, 10ms}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    Capacity capacity(c.places, 10ms, c.waiting_max);
    std::vector<Done> seen;
    for (const auto at : c.arrivals) {
      seen.push_back(capacity.admit(start + std::chrono::duration_cast<Capacity::Time::duration>(at)));
    }
    CHECK((seen == c.expected));
  }
}

TEST_CASE("capacity: in the long run places over time, and the wait grows while more comes") {
  Capacity capacity(4, 20ms, std::nullopt);  // 200 requests per second
  Done last;
  for (int n = 0; n < 400; ++n) last = capacity.admit(start + n * 2500us);  // 400 per second, for one second
  // The fourth place begins at 7.5 ms and ends its hundredth at 2007.5 ms; that one came at 997.5 ms.
  CHECK(*last == 1010ms);
}
