// Which address is tried when: over whole lists of addresses, with a clock of the test's own.
#include "transport/address_race.hpp"

#include <doctest/doctest.h>

#include <boost/asio/ip/address.hpp>
#include <string>

using namespace amend;
using namespace std::chrono_literals;
using Endpoint = AddressMemory::Endpoint;
using Endpoints = std::vector<Endpoint>;

namespace {

constexpr AddressMemory::time_point start{1'000'000s};

Endpoints endpoints(std::initializer_list<const char*> addresses) {
  Endpoints all;
  for (const char* address : addresses) all.emplace_back(boost::asio::ip::make_address(address), 443);
  return all;
}

}  // namespace

TEST_CASE("address order: families in turn, beginning with the resolver's first; each address once") {
  const AddressMemory memory;
  CHECK(in_race_order(endpoints({"::1", "::2", "::3", "10.0.0.1", "10.0.0.2"}), memory, start) ==
        endpoints({"::1", "10.0.0.1", "::2", "10.0.0.2", "::3"}));
  CHECK(in_race_order(endpoints({"10.0.0.1", "10.0.0.1", "::1", "10.0.0.2"}), memory, start) ==
        endpoints({"10.0.0.1", "::1", "10.0.0.2"}));
  CHECK(in_race_order(endpoints({"10.0.0.2", "10.0.0.1"}), memory, start) == endpoints({"10.0.0.2", "10.0.0.1"}));
  CHECK(in_race_order({}, memory, start).empty());
}

TEST_CASE("address order: what failed lately comes last, the longest ago first, and is forgotten after a while") {
  const Endpoints all = endpoints({"10.0.0.1", "10.0.0.2", "10.0.0.3"});
  AddressMemory memory;
  memory.failed(all[0], start);
  memory.failed(all[1], start + 1s);
  CHECK(in_race_order(all, memory, start + 2s) == endpoints({"10.0.0.3", "10.0.0.1", "10.0.0.2"}));
  memory.failed(all[0], start + 3s);
  CHECK(in_race_order(all, memory, start + 4s) == endpoints({"10.0.0.3", "10.0.0.2", "10.0.0.1"}));
  memory.worked(all[1]);
  CHECK(in_race_order(all, memory, start + 4s) == endpoints({"10.0.0.2", "10.0.0.3", "10.0.0.1"}));
  CHECK(in_race_order(all, memory, start + 3s + AddressMemory::remembered) == all);
}

TEST_CASE(
    "address order: a host of many addresses: some are tried, the others have their turn when those have failed") {
  Endpoints all;
  for (int i = 1; i <= 40; ++i) all.emplace_back(boost::asio::ip::make_address("10.0.0." + std::to_string(i)), 443);
  AddressMemory memory;
  const Endpoints first = in_race_order(all, memory, start);
  REQUIRE(first.size() == AddressRace::addresses_max);
  for (const Endpoint& endpoint : first) memory.failed(endpoint, start);
  for (const Endpoint& endpoint : in_race_order(all, memory, start + 1s))
    CHECK(std::find(first.begin(), first.end(), endpoint) == first.end());
}

TEST_CASE("address memory: holds no more than its bound, and lets the oldest go") {
  AddressMemory memory;
  const auto numbered = [](std::size_t i) {
    return Endpoint(boost::asio::ip::make_address_v4(static_cast<std::uint32_t>(0x0A000000 + i)), 443);
  };
  for (std::size_t i = 0; i <= AddressMemory::addresses_max; ++i) memory.failed(numbered(i), start + 1s);
  CHECK(memory.failed_at(numbered(0), start + 1s) == AddressMemory::time_point{});
  CHECK(memory.failed_at(numbered(1), start + 1s) == start + 1s);
}

TEST_CASE("address race: the next address begins a quarter of a second after the one before") {
  AddressRace race(3, 5s, start);
  CHECK(race.begin(start) == 0);
  CHECK_FALSE(race.begin(start));
  CHECK(race.look_at() == start + 250ms);
  CHECK_FALSE(race.begin(start + 249ms));
  CHECK(race.begin(start + 250ms) == 1);
  CHECK(race.begin(start + 500ms) == 2);
  CHECK_FALSE(race.begin(start + 10s));
  CHECK(race.look_at() == start + 5s);
}

TEST_CASE("address race: after a failure the next one begins at once") {
  AddressRace race(3, 5s, start);
  CHECK(race.begin(start) == 0);
  race.failed(0, start + 10ms);
  CHECK(race.look_at() == start + 10ms);
  CHECK(race.begin(start + 10ms) == 1);
  race.failed(1, start + 20ms);
  CHECK(race.begin(start + 20ms) == 2);
  CHECK_FALSE(race.lost());
  race.failed(2, start + 30ms);
  race.failed(2, start + 30ms);
  CHECK(race.lost());
}

TEST_CASE("address race: one that has connected has time for its handshake before another is troubled") {
  AddressRace race(2, 5s, start);
  CHECK(race.begin(start) == 0);
  race.connected(0, start + 100ms);
  CHECK_FALSE(race.begin(start + 2'099ms));
  CHECK(race.begin(start + 2'100ms) == 1);

  AddressRace failing(2, 5s, start);
  CHECK(failing.begin(start) == 0);
  failing.connected(0, start + 100ms);
  failing.failed(0, start + 200ms);
  CHECK(failing.begin(start + 200ms) == 1);
}

TEST_CASE("address race: each address has the whole deadline, counted from its own beginning") {
  for (const std::size_t addresses : {1U, 2U, 8U, 16U, 17U, 1'000U}) {
    CAPTURE(addresses);
    AddressRace race(addresses, 5s, start);
    std::vector<AddressMemory::time_point> begun;
    for (auto now = start; !race.lost(); now = race.look_at()) {
      for (std::size_t i = 0; i < begun.size(); ++i) {
        CHECK(race.is_late(i, now) == (now == begun[i] + 5s));
        if (race.is_late(i, now)) race.failed(i, now);
      }
      while (race.begin(now)) begun.push_back(now);
      REQUIRE(now < start + 30s);
    }
    CHECK(begun.size() == std::min(addresses, AddressRace::addresses_max));
    CHECK(begun.back() <= start + 250ms * static_cast<int>(begun.size()));
  }
}
