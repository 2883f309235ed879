// A night's work: 50,000 customers, an export that is not quite right, and back again; and a million of both.
#include <doctest/doctest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <map>

#include "support/people.hpp"
#include "support/run_files.hpp"
#include "support/simulator.hpp"

using namespace test;

namespace {

constexpr std::size_t customers_in_all = 50'000;
constexpr std::size_t missing = 300;
constexpr std::size_t unknown = 200;
constexpr std::size_t changed = 1'000;

std::vector<Person> export_of_the_night() {
  std::vector<Person> people;
  for (std::size_t n = 0; n < customers_in_all - missing; ++n) people.push_back(person(n));
  for (std::size_t n = 0; n < changed; ++n) {
    Person& one = people[n * 49];
    (n % 3 == 0 ? one.name : n % 3 == 1 ? one.phone : one.email) += "-new";
  }
  for (std::size_t n = 0; n < unknown; ++n) people.push_back(person(100'000 + n));
  return people;
}

Finished amend(const std::string& command, const std::string& what, const std::string& directory,
               std::vector<std::string> options = {}) {
  std::vector<std::string> all{AMEND_PROGRAM, command, what, "--run", directory, "--rate", "unlimited"};
  all.insert(all.end(), options.begin(), options.end());
  return run(all);
}

void check_state(Simulator& simulator, const std::vector<Person>& file) {
  simulator.write_down();
  std::size_t seen = 0;
  for (const auto& customer : read_ndjson(simulator.state())) {
    const std::size_t n = std::stoul(text_of(customer, "reference_number").substr(2));
    const Person wanted = n < file.size() && n < customers_in_all - missing ? file[n] : person(n);
    const bool as_wanted = text_of(customer, "name") == wanted.name && text_of(customer, "phone") == wanted.phone &&
                           text_of(customer, "email") == wanted.email && text_of(customer, "company_name") == "Ltd" &&
                           text_of(customer, "default_payment_token") == (n % 3 == 0 ? uuid_of(n + 500'000) : "");
    REQUIRE_MESSAGE(as_wanted, "customer ", n);
    ++seen;
  }
  CHECK(seen == customers_in_all);
}

}  // namespace

TEST_CASE(
    "e2e: 50,000 customers, 1,000 changed, 200 unknown, 300 missing, 48,700 the same: exactly 1,000 PUTs, the report's "
    "counts exact, the final state right, undo gives all of it back and verify says so") {
  const TempDir dir;
  const auto people = export_of_the_night();
  write_file(dir.file("seed.csv"), seed_of(customers_in_all));
  write_file(dir.file("crm.csv"), export_of(people));
  Simulator simulator({"--plain", "--seed", dir.file("seed.csv")});

  const Finished applied = amend("reconcile", dir.file("crm.csv"), dir.file("run"),
                                 {"--url", simulator.url(), "--auth", "none", "--apply", "--show-missing", "--json"});
  CHECK(applied.code == 1);
  const auto report = boost::json::parse(applied.out).as_object();
  const auto& signs = report.at("signs").as_object();
  CHECK(number_of(signs, "same") == 48'700);
  CHECK(number_of(signs, "differs") == 1'000);
  CHECK(number_of(signs, "only_file") == 200);
  CHECK(number_of(signs, "only_api") == 300);
  CHECK(number_of(signs, "unreadable") == 0);
  const auto& rows = report.at("applied").as_object().at("rows").as_object();
  CHECK(number_of(rows, "success") == 1'000);
  CHECK(number_of(rows, "unchanged") == 48'700);
  CHECK(number_of(rows, "failed") == 200);
  check_state(simulator, people);

  CHECK(amend("verify", dir.file("run"), dir.file("verified")).code == 0);
  CHECK(amend("undo", dir.file("run"), dir.file("undone")).code == 0);
  CHECK(count_status(dir.file("undone"), "success") == 1'000);
  check_state(simulator, {});
  CHECK(amend("verify", dir.file("undone"), dir.file("as-before")).code == 0);

  simulator.stop();
  std::map<std::string, std::size_t> methods;
  for (const auto& request : read_ndjson(simulator.request_log())) ++methods[text_of(request, "method")];
  CHECK(methods["PUT"] == 2'000);
}

namespace {

/// The most memory that a process had, as often as it was looked at.
class Watched {
 public:
  Watched(const std::vector<std::string>& command, const TempDir& dir)
      : process(command, dir.file("out"), dir.file("err")) {
    REQUIRE(wait_until(
        [this] {
          mib = std::max(mib, resident_most());
          code = process.wait(Process::Seconds(0)).value_or(-1);
          return code >= 0;
        },
        Process::Seconds(300)));
  }

  Process process;
  long mib = 0;
  int code = -1;

 private:
  long resident_most() const {
    const std::string status = read_file("/proc/" + std::to_string(process.pid()) + "/status");
    const auto at = status.find("VmHWM:");
    const bool is_itself = status.starts_with("Name:\tamend\n");  // not our own image, before it starts
    return at == std::string::npos || !is_itself ? 0 : std::stol(status.substr(at + 6)) / 1024;
  }
};

// Compares rows with the same number of customers, of which one in a thousand has changed: by the list, and with a
// baseline.
void compare_in(std::size_t customers, long mib_max) {
  const auto differing = static_cast<std::int64_t>(customers / 1'000);
  const TempDir dir;
  write_file(dir.file("seed.csv"), seed_of(customers));
  std::vector<Person> people;
  people.reserve(customers);
  for (std::size_t n = 0; n < customers; ++n) people.push_back(person(n));
  write_file(dir.file("old.csv"), export_of(people));
  for (std::size_t n = 0; n < customers; n += 1'000) people[n].phone += "-new";
  write_file(dir.file("crm.csv"), export_of(people));
  Simulator simulator({"--plain", "--seed", dir.file("seed.csv")});
  std::vector<std::string> command{
      AMEND_PROGRAM, "reconcile", dir.file("crm.csv"), "--url",  simulator.url(), "--auth",       "none",
      "--rate",      "unlimited", "--quiet",           "--json", "--run",         dir.file("all")};

  const Watched all(command, dir);
  CHECK(all.code == 1);
  CHECK(number_of(boost::json::parse(read_file(dir.file("out"))).at("signs").as_object(), "differs") == differing);
  CHECK(all.mib > 10);
  CHECK(all.mib <= mib_max);

  command.back() = dir.file("some");
  command.insert(command.end(), {"--baseline", dir.file("old.csv")});
  const Watched some(command, dir);
  CHECK(some.code == 1);
  const auto report = boost::json::parse(read_file(dir.file("out"))).as_object();
  CHECK(number_of(report.at("signs").as_object(), "differs") == differing);
  constexpr std::int64_t looked_at_all_the_same = 100;  // of the rows that the baseline settles
  CHECK(number_of(report, "requests") <= differing + 2 + looked_at_all_the_same);
  CHECK(some.mib <= mib_max);
  MESSAGE(all.mib << " MiB by the list, " << some.mib << " MiB with a baseline");
}

}  // namespace

TEST_CASE("e2e: 200,000 rows and as many customers are compared in 60 MiB, by the list and with a baseline") {
  compare_in(200'000, 60);
}

TEST_SUITE("long") {
  TEST_CASE("e2e: a million rows and a million customers are compared in 200 MiB, by the list and with a baseline") {
    compare_in(1'000'000, 200);
  }
}
