#include "reconcile/customer_snapshot.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

using namespace amend;

namespace {

wonder::Customer customer(unsigned n, const std::string& name = "name") {
  wonder::Customer out;
  const std::string digits = std::to_string(n);
  out.uuid = "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
  out.reference_number = "R-" + digits;
  out.fields[0] = name;
  return out;
}

std::string folder() { return std::filesystem::temp_directory_path().string(); }

}  // namespace

TEST_CASE("customer snapshot: 20,000 customers added by four threads are all found, each once") {
  CustomerSnapshot snapshot(folder(), CustomerKey::reference);
  constexpr unsigned all = 20'000;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t)
    threads.emplace_back([&snapshot, t] {
      // Each customer comes from two threads.
      for (unsigned n = 0; n < all; ++n)
        if (n % 4 == t || (n + 1) % 4 == t)
          snapshot.add(customer(n, "name " + std::to_string(n) + std::string(n % 700, 'x')));
    });
  for (auto& thread : threads) thread.join();
  CHECK(snapshot.customers() == all);
  for (unsigned n = 0; n < all; ++n) {
    const SnapshotEntry entry = snapshot.find("R-" + std::to_string(n));
    REQUIRE(entry.customer);
    CHECK(entry.customer->uuid == customer(n).uuid);
    CHECK(entry.customer->fields[0] == "name " + std::to_string(n) + std::string(n % 700, 'x'));
  }
  CHECK_FALSE(snapshot.find("R-20000").customer);
}

TEST_CASE("customer snapshot: numbers that differ only by zeros at their start are told of, each with the others") {
  const auto with_number = [](unsigned n, const std::string& number) {
    wonder::Customer out = customer(n);
    out.reference_number = number;
    return out;
  };
  CustomerSnapshot snapshot(folder(), CustomerKey::reference);
  unsigned n = 0;
  for (const char* number : {"00123", "123", "00456", "0", "R07", "R7", "0R8", "9"})
    snapshot.add(with_number(++n, number));
  const auto found = [&](const std::string& number) {
    const SnapshotEntry entry = snapshot.find(number);
    return std::string(entry.customer ? "found" : "none") + (entry.other_zeros ? ", other zeros" : "");
  };
  CHECK(found("123") == "found, other zeros");
  CHECK(found("00123") == "found, other zeros");
  CHECK(found("0123") == "none, other zeros");
  CHECK(found("456") == "none, other zeros");
  CHECK(found("00456") == "found");
  CHECK(found("000") == "none, other zeros");
  CHECK(found("0") == "found");
  CHECK(found("R7") == "found");
  CHECK(found("R8") == "none, other zeros");
  CHECK(found("9") == "found");
  CHECK(found("90") == "none");
  CHECK(found("1230") == "none");
  snapshot.add(with_number(++n, "07"));
  snapshot.add(with_number(++n, "07"));  // two customers have this number
  CHECK(found("7") == "none, other zeros");
  CHECK(found("07") == "none");
  CustomerSnapshot by_uuid(folder(), CustomerKey::uuid);
  by_uuid.add(customer(1));
  CHECK_FALSE(by_uuid.find("0" + customer(1).uuid).other_zeros);
}

TEST_CASE("customer snapshot: two customers with one reference_number are both unreadable; one seen twice is one") {
  CustomerSnapshot snapshot(folder(), CustomerKey::reference);
  wonder::Customer other = customer(2);
  other.reference_number = "R-1";
  CHECK(snapshot.add(customer(1)));
  CHECK_FALSE(snapshot.add(customer(1)));
  CHECK(snapshot.find("R-1").customer);
  CHECK_FALSE(snapshot.add(other));
  const SnapshotEntry entry = snapshot.find("R-1");
  CHECK_FALSE(entry.customer);
  REQUIRE(entry.unreadable);
  CHECK(entry.unreadable->code == "reconcile.ambiguous");
}

TEST_CASE("customer snapshot: uuids compare without case, numbers of the merchant exactly") {
  wonder::Customer one = customer(1);
  one.uuid = "0b8f5a52-6f0e-4d59-9c1b-7a3c1f0e2d44";
  CustomerSnapshot by_uuid(folder(), CustomerKey::uuid);
  CHECK(by_uuid.add(one));
  CHECK(by_uuid.find("0B8F5A52-6F0E-4D59-9C1B-7A3C1F0E2D44").customer);
  CustomerSnapshot by_reference(folder(), CustomerKey::reference);
  CHECK(by_reference.add(one));
  CHECK_FALSE(by_reference.find("r-1").customer);
  CHECK(by_reference.find("R-1").customer);
}

TEST_CASE("customer snapshot: what came first stays") {
  CustomerSnapshot snapshot(folder(), CustomerKey::uuid);
  CHECK(snapshot.add(customer(1, "first")));
  CHECK_FALSE(snapshot.add(customer(1, "second")));
  CHECK(snapshot.find(customer(1).uuid).customer->fields[0] == "first");
}

TEST_CASE("customer snapshot: a customer that could not be read is told with the reason, and is none") {
  CustomerSnapshot snapshot(folder(), CustomerKey::reference);
  snapshot.add_unreadable("R-7", Reason("http.500", "HTTP 500", Origin::api));
  const SnapshotEntry entry = snapshot.find("R-7");
  CHECK_FALSE(entry.customer);
  REQUIRE(entry.unreadable);
  CHECK(entry.unreadable->code == "http.500");
  CHECK(entry.unreadable->origin == Origin::api);
  CHECK(snapshot.customers() == 0);
}

TEST_CASE("customer snapshot: those that nobody asked for are told, in the order they came") {
  CustomerSnapshot snapshot(folder(), CustomerKey::reference);
  for (unsigned n = 0; n < 10; ++n) snapshot.add(customer(n));
  wonder::Customer nameless = customer(10);
  nameless.reference_number.clear();  // nobody can ask for it
  snapshot.add(nameless);
  for (const unsigned n : {0, 1, 2, 4, 5, 6, 8, 9}) snapshot.find("R-" + std::to_string(n));
  std::string left;
  snapshot.for_each_unasked([&](const wonder::Customer& one) { left += one.uuid.substr(34) + " "; });
  CHECK(left == "03 07 10 ");
}

TEST_CASE("customer snapshot: leaves no file behind, even while it lives") {
  const std::string place = folder() + "/amend-snapshot-test";
  std::filesystem::create_directory(place);
  {
    CustomerSnapshot snapshot(place, CustomerKey::uuid);
    snapshot.add(customer(1));
    CHECK(std::filesystem::is_empty(place));
  }
  std::filesystem::remove(place);
}
