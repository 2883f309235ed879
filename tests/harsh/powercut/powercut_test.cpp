// A power cut at any moment of a run, and of its resumption: durable results remain, and resume completes the run.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "harsh/powercut/disk.hpp"
#include "run/pipeline/work.hpp"

using namespace test;
using Kind = Operation::Kind;

namespace {

constexpr std::size_t rows_in_file = 120;

// Results are made durable line by line; what a first power cut has torn is not one.
std::string whole_lines(const std::string& log) { return log.substr(0, log.rfind('\n') + 1); }

/// One input, one server, and every record that any replay has left: compared with the server's when all is done.
class PowerCuts {
 public:
  PowerCuts()
      : simulator({"--plain", "--error-share", "500:0.1", "--fault-seed", "3"}),
        work(make_customers(rows_in_file), simulator.url()) {
    work.config.retry.attempts_max = 1;
    work.config.load.rate.interval = std::chrono::milliseconds(4);  // some group commits
  }

  std::vector<Operation> record_run() {
    start_recording(work.directory());
    const auto summary = work.run();
    auto operations = stop_recording();
    REQUIRE(summary.unsent == 0);
    return operations;
  }

  /// The operations of resuming the run from the files that a power cut left.
  std::vector<Operation> record_resume(const Files& files) {
    put(files);
    work.config.run_directory = replayed();
    start_recording(replayed());
    amend::execute(amend::make_resume(work.input()).job);
    return stop_recording();
  }

  /// The power is lost behind each `step`-th operation, `times` times.
  void cut_everywhere(const Files& before, const std::vector<Operation>& operations, std::size_t step,
                      std::size_t times) {
    Disk disk(before);
    for (std::size_t i = 0; i <= operations.size(); ++i) {
      CAPTURE(i);
      if (i % step == 0)
        for (std::size_t n = 0; n < times; ++n)
          resume_from(disk.after_power_cut(random), disk.synced("results.ndjson"));
      if (i < operations.size()) disk.apply(operations[i]);
    }
  }

  /// Each success in a log that was left has its request at the server, applied and answered 2xx.
  void check_with_server() {
    simulator.stop();
    std::map<std::string, boost::json::object> requests;
    for (auto& request : read_ndjson(simulator.request_log())) {
      std::string id = text_of(request, "request_id");
      requests.emplace(std::move(id), std::move(request));
    }
    for (const auto& [request_id, customer] : successes) {
      const auto found = requests.find(request_id);
      REQUIRE(found != requests.end());
      CHECK(text_of(found->second, "id") == customer);
      CHECK(number_of(found->second, "status") == 200);
      CHECK(found->second.at("applied").as_bool());
    }
  }

  std::size_t replays = 0;
  unsigned seed = std::random_device{}();
  std::mt19937 random{seed};
  Simulator simulator;
  Work work;

 private:
  std::string replayed() const { return work.dir.file("replayed"); }

  void put(const Files& files) const {
    std::filesystem::remove_all(replayed());
    std::filesystem::create_directory(replayed());
    for (const auto& [name, content] : files) write_file(replayed() + "/" + name, content);
  }

  void resume_from(const Files& files, const std::string& synced_log) {
    ++replays;
    put(files);
    const Finished finished = run({AMEND_PROGRAM, "resume", replayed(), "--progress", "none", "--rate", "unlimited"});
    CAPTURE(finished.err);
    if (!files.contains("run.json")) {
      CHECK(finished.code == 2);
      CHECK(synced_log.empty());  // otherwise results were durable of a run that cannot be resumed
      return;
    }
    REQUIRE((finished.code == 0 || finished.code == 1));
    REQUIRE(read_file(replayed() + "/results.ndjson").starts_with(whole_lines(synced_log)));
    check_records();
  }

  void check_records() {
    std::set<std::int64_t> rows;
    std::size_t failed = 0;
    for (const auto& record : read_ndjson(replayed() + "/results.ndjson")) {
      REQUIRE(rows.insert(number_of(record, "row")).second);
      const auto& customer = work.customers[static_cast<std::size_t>(number_of(record, "row")) - 1];
      REQUIRE(text_of(record, "id") == customer.id);
      if (text_of(record, "status") == "success") {
        successes[text_of(record, "request_id")] = customer.id;
      } else {
        ++failed;
      }
    }
    REQUIRE(rows.size() == work.customers.size());
    const std::string fed_back = read_file(replayed() + "/failed.csv");
    REQUIRE(static_cast<std::size_t>(std::ranges::count(fed_back, '\n')) == (failed == 0 ? 0 : failed + 1));
  }

  std::map<std::string, std::string> successes;  // request id → customer
};

void lose_power(std::size_t step, std::size_t times) {
  PowerCuts cuts;
  CAPTURE(cuts.seed);
  const auto operations = cuts.record_run();
  std::size_t syncs = 0;
  for (const Operation& operation : operations) syncs += operation.kind == Kind::sync_file ? 1 : 0;
  REQUIRE(syncs > 4);  // else there were no group commits to look at
  cuts.cut_everywhere({}, operations, step, times);

  // A second power cut during the resumption, from the state in the middle of the run.
  Disk disk;
  for (std::size_t i = 0; i < operations.size() / 2; ++i) disk.apply(operations[i]);
  const Files left = disk.after_power_cut(cuts.random);
  REQUIRE(left.contains("run.json"));
  cuts.cut_everywhere(left, cuts.record_resume(left), step, times);
  CHECK(cuts.replays > 10);
  cuts.check_with_server();
}

}  // namespace

TEST_CASE("power cut: what was durable stands, and resume completes the run with one record a row") {
  lose_power(4, 3);
}

TEST_SUITE("long") {
  TEST_CASE("power cut: at every operation on the run directory") { lose_power(1, 4); }
}
