// SIGKILL at random moments of a reconciliation that is applied: while it compares, while it sends, while it is
// resumed.
#include <algorithm>
#include <random>

#include "harsh/crash/fixture.hpp"
#include "support/people.hpp"

using namespace test;

namespace {

constexpr std::size_t customers_in_all = 1'500;
constexpr std::size_t changed = 900;
constexpr std::size_t unknown = 30;

std::size_t records_in(const std::string& file) {
  const std::string text = read_file(file);
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

std::vector<Person> people_of_the_file() {
  std::vector<Person> people;
  for (std::size_t n = 0; n < customers_in_all; ++n) people.push_back(person(n));
  for (std::size_t n = 0; n < changed; ++n) people[n].email = "new-" + people[n].email;
  for (std::size_t n = 0; n < unknown; ++n) people.push_back(person(10'000 + n));
  return people;
}

/// A file, a server, and the command that makes them equal, or the command that undoes it.
class Killed {
 public:
  Killed() {
    write_file(dir.file("seed.csv"), seed_of(customers_in_all));
    write_file(dir.file("crm.csv"), export_of(people_of_the_file()));
    simulator = std::make_unique<Simulator>(
        std::vector<std::string>{"--plain", "--seed", dir.file("seed.csv"), "--latency", "2ms"});
  }

  std::vector<std::string> apply() const {
    return paced({AMEND_PROGRAM, "reconcile", dir.file("crm.csv"), "--url", simulator->url(), "--auth", "none",
                  "--apply", "--run", dir.file("run")});
  }
  std::vector<std::string> undo() const {
    return paced({AMEND_PROGRAM, "undo", dir.file("run"), "--run", dir.file("undone")});
  }

  /// Kills it again and again, and lets it end then.
  int run_to_the_end(const std::vector<std::string>& command, const std::string& directory, std::size_t kills,
                     std::mt19937& random) {
    auto process = start(command);
    for (std::size_t i = 0; i < kills; ++i) {
      const std::size_t further = random() % 4 == 0 ? 0 : random() % (2 * changed / kills);
      const std::string log = directory + "/results.ndjson";
      const std::size_t lines = records_in(log) + further;
      if (further == 0) {
        REQUIRE(wait_for_line(dir.file("err"), "amend ", limit));
      } else {
        // It may end before.
        REQUIRE(wait_until([&] { return records_in(log) >= lines || process->wait(Process::Seconds(0)); }, limit));
      }
      process->signal(SIGKILL);
      died += process->wait(limit) == 128 + SIGKILL ? 1 : 0;
      const bool begun = std::filesystem::exists(directory + "/run.json");
      process = start(begun ? paced({AMEND_PROGRAM, "resume", directory, "--progress", "none"}) : command);
    }
    const int code = process->wait(limit).value_or(-1);
    CAPTURE(read_file(dir.file("err")));
    CHECK(std::filesystem::exists(directory + "/summary.json"));
    return code;
  }

  TempDir dir;
  std::unique_ptr<Simulator> simulator;
  std::size_t died = 0;  ///< processes that had not ended before

 private:
  static std::vector<std::string> paced(std::vector<std::string> command) {
    command.insert(command.end(), {"--rate", "unlimited", "--connections", "2", "--pipeline", "4", "--canary", "off"});
    return command;
  }
  std::unique_ptr<Process> start(const std::vector<std::string>& command) const {
    return std::make_unique<Process>(command, dir.file("out"), dir.file("err"));
  }
};

std::map<std::int64_t, std::string> records_of(const std::string& directory) {
  std::map<std::int64_t, std::string> records;
  for (const auto& line : read_ndjson(directory + "/results.ndjson"))
    REQUIRE(records.emplace(number_of(line, "row"), text_of(line, "status")).second);
  return records;
}

}  // namespace

TEST_CASE(
    "crash: a reconciliation killed at 20 random moments and resumed comes to the same end, and so does its undoing") {
  const unsigned seed = std::random_device{}();
  CAPTURE(seed);
  std::mt19937 random(seed);
  Killed killed;
  const auto people = people_of_the_file();

  CHECK(killed.run_to_the_end(killed.apply(), killed.dir.file("run"), 20, random) == 1);
  const auto records = records_of(killed.dir.file("run"));
  REQUIRE(records.size() == people.size());
  for (const auto& [row, status] : records) {
    CAPTURE(row);
    const auto n = static_cast<std::size_t>(row) - 1;
    const bool well = status == "unchanged" || (n < changed && status == "success");
    CHECK((n < customers_in_all ? well : status == "failed"));
  }
  killed.simulator->write_down();
  for (const auto& customer : read_ndjson(killed.simulator->state())) {
    const std::size_t n = std::stoul(text_of(customer, "reference_number").substr(2));
    REQUIRE(text_of(customer, "email") == people[n].email);
  }

  CHECK(killed.run_to_the_end(killed.undo(), killed.dir.file("undone"), 20, random) == 0);
  CHECK(records_of(killed.dir.file("undone")).size() == changed);
  CHECK(killed.died >= 20);
  MESSAGE(killed.died << " of 40 processes died in the middle");
  killed.simulator->stop();
  for (const auto& customer : read_ndjson(killed.simulator->state())) {
    const std::size_t n = std::stoul(text_of(customer, "reference_number").substr(2));
    REQUIRE(text_of(customer, "email") == person(n).email);
    REQUIRE(text_of(customer, "phone") == person(n).phone);
  }
}
