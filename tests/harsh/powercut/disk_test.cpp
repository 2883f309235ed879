#include "harsh/powercut/disk.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace test;
using Kind = Operation::Kind;

namespace {

// Every state that turns up in many tries.
std::set<Files> states_of(const Disk& disk) {
  std::mt19937 random(1);
  std::set<Files> states;
  for (int i = 0; i < 1000; ++i) states.insert(disk.after_power_cut(random));
  return states;
}

Disk disk_after(const std::vector<Operation>& operations, const Files& before = {}) {
  Disk disk(before);
  for (const Operation& operation : operations) disk.apply(operation);
  return disk;
}

}  // namespace

TEST_CASE("disk model: a file whose name was never synced may be gone, synced or not") {
  const Disk disk =
      disk_after({Operation(Kind::make, "a"), Operation(Kind::write, "a", "x"), Operation(Kind::sync_file, "a")});
  CHECK(states_of(disk) == std::set<Files>{{}, {{"a", "x"}}});
  CHECK(disk.synced("a") == "x");
}

TEST_CASE("disk model: what was synced is there, what was written behind it up to any byte, or as NULs") {
  const Disk disk =
      disk_after({Operation(Kind::make, "a"), Operation(Kind::sync_names), Operation(Kind::write, "a", "x"),
                  Operation(Kind::sync_file, "a"), Operation(Kind::write, "a", "yz")});
  const std::string nul(1, '\0');
  CHECK(states_of(disk) == std::set<Files>{{{"a", "x"}},
                                           {{"a", "xy"}},
                                           {{"a", "xyz"}},
                                           {{"a", "x" + nul}},
                                           {{"a", "xy" + nul}},
                                           {{"a", "x" + nul + nul}}});
  CHECK(disk.synced("a") == "x");
}

TEST_CASE("disk model: a rename that was not synced shows the old file or the new one, each with its content") {
  const Disk disk = disk_after({Operation(Kind::make, "a.tmp"), Operation(Kind::write, "a.tmp", "new"),
                                Operation(Kind::sync_file, "a.tmp"), Operation(Kind::rename, "a.tmp", "a")},
                               {{"a", "old"}});
  CHECK(states_of(disk) == std::set<Files>{{{"a", "old"}}, {{"a", "old"}, {"a.tmp", "new"}}, {{"a", "new"}}});
}

TEST_CASE("disk model: a truncation that was not synced may not have happened") {
  const Disk disk = disk_after({Operation(Kind::truncate, "a", {}, 1)}, {{"a", "xyz"}});
  CHECK(states_of(disk) == std::set<Files>{{{"a", "xyz"}}, {{"a", "x"}}});
}
