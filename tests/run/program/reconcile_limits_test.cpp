// Where a reconciliation that reads has its ends: clocks, silence, disks. In each case nothing is planned.
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>

#include "ground.hpp"

using namespace test;

namespace {

std::string many_rows() {
  std::vector<Person> people;
  for (std::size_t n = 0; n < customers_in_all; ++n) people.push_back(person(n));
  return export_of(people);
}

void check_nothing_planned(const Ground& ground) {
  CHECK_FALSE(std::filesystem::exists(ground.directory("run") + "/plan.ndjson"));
  CHECK_FALSE(std::filesystem::exists(ground.directory("run") + "/rollback.ndjson"));
}

/// A time zone in which it is two seconds before the next full minute, and that minute.
class JustBefore {
 public:
  JustBefore() {
    using namespace std::chrono;
    const auto now = floor<seconds>(system_clock::now().time_since_epoch()).count();
    const auto ahead = (58 - now % 60 + 60) % 60;
    const auto then = (now + ahead + 2) % 86'400;
    // POSIX counts to the west.
    zone = "TZ=NEAR-00:00:" + two_digits(ahead);
    minute = two_digits(then / 3'600) + ":" + two_digits(then / 60 % 60);
  }
  std::string zone;
  std::string minute;

 private:
  static std::string two_digits(long long n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); }
};

}  // namespace

TEST_CASE("reconcile: is over at the time of day that --deadline names") {
  Ground ground({"--latency", "100ms"});
  write_file(ground.dir.file("crm.csv"), many_rows());
  const JustBefore time;
  const Finished finished =
      run({AMEND_PROGRAM, "reconcile", ground.dir.file("crm.csv"), "--url", ground.simulator->url(), "--auth", "none",
           "--run", ground.directory("run"), "--look-up", "each", "--connections", "1", "--pipeline", "1", "--deadline",
           time.minute},
          {time.zone});
  CHECK(finished.code == 4);
  CHECK(says(finished, "the --deadline has passed"));
  check_nothing_planned(ground);
  CHECK(ground.requests("GET") < 100);
}

TEST_CASE("reconcile: a server that falls silent is asked anew, and then the run stops") {
  Ground ground({"--hang-share", "1"});
  const Finished finished =
      ground.reconcile(many_rows(), "run", {"--look-up", "list", "--stall", "1s", "--timeout", "60s"});
  CHECK(finished.code == 4);
  CHECK(says(finished, "connecting again"));
  CHECK(says(finished, "stopped before the plan was complete"));
  check_nothing_planned(ground);
}

TEST_CASE("reconcile: says every five seconds how far it is, unless it is to be quiet") {
  Ground ground({"--latency", "25ms"});
  const std::vector<std::string> slowly{"--look-up", "each", "--connections", "1", "--pipeline", "2"};
  const Finished finished = ground.reconcile(many_rows(), "run", slowly);
  CHECK(finished.code == 0);
  CHECK(says(finished, "requests answered, 0 retries"));
}

TEST_CASE("reconcile: a disk that is full while customers are kept ends it with exit 6") {
  const TempDir dir;
  constexpr std::size_t many = 12'000;
  write_file(dir.file("seed.csv"), seed_of(many));
  write_file(dir.file("crm.csv"), export_of({person(1)}));
  Simulator simulator({"--plain", "--seed", dir.file("seed.csv")});
  const Finished finished = run(
      in_shell("ulimit -f 512;", {AMEND_PROGRAM, "reconcile", dir.file("crm.csv"), "--url", simulator.url(), "--auth",
                                  "none", "--rate", "unlimited", "--run", dir.file("run"), "--look-up", "list"}));
  CHECK(finished.code == 6);
  CHECK(says(finished, "the temporary file in"));
  CHECK_FALSE(std::filesystem::exists(dir.file("run") + "/plan.ndjson"));
}
