// `amend retry`: sends the rows that did not succeed, and no row that would undo a later success.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "fixture.hpp"

using namespace test;

namespace {

std::vector<std::string> retry_command(const std::string& run, const std::vector<std::string>& options = {}) {
  std::vector<std::string> all{AMEND_PROGRAM, "retry", run, "--progress", "none"};
  all.insert(all.end(), options.begin(), options.end());
  return all;
}

Finished retry(const std::string& run_directory, const std::vector<std::string>& options = {}) {
  return run(retry_command(run_directory, options));
}

// A run with failures, its retries beside it.
class Failing {
 public:
  explicit Failing(std::vector<Customer> rows_, const std::vector<std::string>& faults = {"--error-share", "500:0.5"},
                   const std::vector<std::string>& options = {"--max-attempts", "1"})
      : rows(std::move(rows_)), work(to_csv(rows)), simulator(faults) {
    runs.push_back(work.directory);
    auto all = options;
    // A customer's next row waits for this long after a 500, here and in the retries.
    all.insert(all.end(), {"--timeout", "500ms"});
    first = work.update(simulator.url(), all);
  }
  // The newest retry's directory is the one that was not there before.
  Finished again(const std::vector<std::string>& options = {}) {
    runs.push_back(work.dir.file("retry" + std::to_string(runs.size())));
    auto all = options;
    all.insert(all.end(), {"--run", runs.back()});
    return retry(work.directory, all);
  }
  void check_chain() {
    simulator.stop();
    for (const auto& trouble : disagreements_of_chain(rows, runs, simulator)) FAIL_CHECK(trouble);
  }
  std::int64_t status_code() const { return run({AMEND_PROGRAM, "status", work.directory, "--quiet"}).code; }

  std::vector<Customer> rows;
  Work work;
  Simulator simulator;
  Finished first;
  std::vector<std::string> runs;
};

}  // namespace

TEST_CASE("retry: again and again until every row is done; no customer ever goes back to an older row") {
  Failing failing(make_customers_in_turns(60, 5));
  REQUIRE(failing.first.code == 1);
  CHECK(says(failing.first, "because a later row of the same customer succeeded"));
  CHECK(says(failing.first, "amend retry " + failing.work.directory));
  for (int i = 0; i < 40 && failing.status_code() != 0; ++i) failing.again();
  CHECK(failing.status_code() == 0);
  REQUIRE(failing.runs.size() > 2);
  CHECK(count_status(failing.runs[1], "superseded") > 0);
  const Finished nothing_left = retry(failing.work.directory);
  CHECK(nothing_left.code == 0);
  CHECK(says(nothing_left, "0 rows: 0 failed, 0 unknown, 0 unsent"));
  CHECK_FALSE(says(nothing_left, "done"));
  failing.check_chain();
}

TEST_CASE("retry: a row that a later one of its customer has overtaken is not in the files to be fed back") {
  const Failing failing(make_customers_in_turns(60, 5));
  std::map<std::string, std::int64_t> last_success;
  const auto records = read_ndjson(failing.work.file("results.ndjson"));
  for (const auto& record : records)
    if (text_of(record, "status") == "success")
      last_success[text_of(record, "id")] = std::max(last_success[text_of(record, "id")], number_of(record, "row"));
  const std::string fed_back = read_file(failing.work.file("failed.csv"));
  std::int64_t overtaken = 0;
  for (const auto& record : records) {
    if (text_of(record, "status") != "failed") continue;
    const auto& row = failing.rows[static_cast<std::size_t>(number_of(record, "row")) - 1];
    const std::string place = "," + std::to_string(number_of(record, "line")) + "," + text_of(record, "error_code");
    const bool stands_there = fed_back.find(place) != std::string::npos;
    const bool is_overtaken = last_success[row.id] > number_of(record, "row");
    CHECK(stands_there == !is_overtaken);
    overtaken += is_overtaken ? 1 : 0;
  }
  CHECK(overtaken > 0);
  CHECK(number_of(failing.work.summary(), "overtaken") == overtaken);
}

TEST_CASE("retry: one that was killed is gone on with, and sends what it was about and nothing else") {
  Failing failing(make_customers_in_turns(2000, 2), {"--error-share", "500:0.2", "--latency", "2ms"});
  const auto succeeded = count_status(failing.work.directory, "success");
  failing.runs.push_back(failing.work.dir.file("second"));
  Process killed(retry_command(failing.work.directory, {"--run", failing.runs.back(), "--max-attempts", "9"}),
                 failing.work.dir.file("out"), failing.work.dir.file("err"));
  REQUIRE(wait_for_lines(failing.runs.back() + "/results.ndjson", 100, limit));
  killed.signal(SIGKILL);
  REQUIRE(killed.wait(limit));
  CHECK(run({AMEND_PROGRAM, "status", failing.work.directory}).out.find("not finished") != std::string::npos);

  const Finished too_soon = retry(failing.work.directory);
  CHECK(too_soon.code == 2);
  CHECK(says(too_soon, "was killed before its end: resume it first"));
  const Finished parent = run({AMEND_PROGRAM, "resume", failing.work.directory});
  CHECK(parent.code == 1);  // nothing of it is left, but some of its rows failed

  // A row of the first run alone: the retry is not about it, and still its file must be the same.
  const std::string text = read_file(failing.work.input);
  const auto first_success = read_ndjson(failing.work.file("results.ndjson"));
  const auto done = std::ranges::find_if(first_success, [](auto& r) { return text_of(r, "status") == "success"; });
  std::string edited = text;
  edited.replace(edited.find(text_of(*done, "id")) + 40, 1, "X");
  write_file(failing.work.input, edited);
  const Finished other_file = run({AMEND_PROGRAM, "resume", failing.runs.back()});
  CHECK(other_file.code == 3);
  CHECK(says(other_file, "row " + std::to_string(number_of(*done, "row")) + " (line"));
  write_file(failing.work.input, text);

  // Stopped before its end it counts what it was about, not the whole input.
  const Finished stopped = run({AMEND_PROGRAM, "resume", failing.runs.back(), "--deadline", "1ms"});
  CHECK(stopped.code == 4);
  const auto sums = read_json(failing.runs.back() + "/summary.json").at("rows").as_object();
  CHECK(succeeded + read_ndjson(failing.runs.back() + "/results.ndjson").size() +
            static_cast<std::size_t>(number_of(sums, "unsent")) ==
        failing.rows.size());

  const Finished finished = run({AMEND_PROGRAM, "resume", failing.runs.back(), "--deadline", "1h"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(succeeded + read_ndjson(failing.runs.back() + "/results.ndjson").size() == failing.rows.size());
  CHECK(failing.status_code() == 0);
  failing.check_chain();
}

TEST_CASE("retry: a row without a result is the retry's when the run was stopped, and resume goes to the retry") {
  auto customers = make_customers(300);
  Failing failing(customers, {"--latency", "20ms"}, {"--connections", "1", "--pipeline", "1", "--deadline", "500ms"});
  CHECK(failing.first.code == 4);
  CHECK(failing.again({"--only", "failed", "--deadline", "1h"}).code == 1);  // nothing failed: nothing to do
  failing.runs.pop_back();
  const Finished stopped = failing.again({"--only", "unsent", "--deadline", "1ms", "--rate", "1/s"});
  CHECK(stopped.code == 4);
  const Finished parent = run({AMEND_PROGRAM, "resume", failing.work.directory});
  CHECK(parent.code == 2);
  CHECK(says(parent, "was retried by a later run"));
  const Finished finished =
      failing.again({"--only", "unsent", "--deadline", "1h", "--pipeline", "16", "--rate", "unlimited"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  // They may have been in flight when the run was stopped.
  for (const auto& record : read_ndjson(failing.runs.back() + "/results.ndjson"))
    CHECK(text_of(record, "sent_before") == "maybe");
  // A run that has nothing left may be resumed, for its exit code.
  CHECK(run({AMEND_PROGRAM, "resume", failing.runs.back()}).code == 0);
  // Nothing of the file is left: a new update of it is not refused.
  const auto anew =
      update_command(failing.simulator.url(), failing.work.input, failing.work.dir.file("anew"), {"--limit", "1"});
  CHECK(run(anew).code == 0);
  failing.check_chain();
}

TEST_CASE("retry: --code sends the rows with that code, and leaves the others") {
  Failing failing(make_customers_in_turns(100, 1), {"--error-share", "500:0.3", "--error-share", "404:0.3"});
  std::map<std::string, std::int64_t> codes;
  for (const auto& record : read_ndjson(failing.work.file("results.ndjson")))
    if (text_of(record, "status") == "failed") ++codes[text_of(record, "error_code")];
  REQUIRE(codes.size() == 2);
  const Finished finished = failing.again({"--code", codes.begin()->first});
  CAPTURE(finished.err);
  CHECK(says(finished, std::to_string(codes.begin()->second) + " failed, 0 unknown, 0 unsent"));
  CHECK(says(finished, std::to_string(codes.rbegin()->second) + " not chosen by the options of this retry"));
  CHECK(retry(failing.work.directory, {"--only", "filed"}).code == 2);
}

TEST_CASE("retry: refused, naming the cause, when the input or what is sent is not what it was") {
  Failing failing(make_customers_in_turns(50, 1));
  const auto refused = [&](const std::vector<std::string>& options, int code, const std::string& why) {
    const Finished finished = retry(failing.work.directory, options);
    CAPTURE(finished.err);
    CHECK(finished.code == code);
    CHECK(says(finished, why));
  };
  refused({"--url", url_of_nobody()}, 2, "--url differs from the run");
  {
    const int lock = ::open(failing.work.file("lock").c_str(), O_RDWR | O_CLOEXEC);
    REQUIRE(::flock(lock, LOCK_EX | LOCK_NB) == 0);
    refused({}, 7, "is in use by another process");
    ::close(lock);
  }
  const TempDir elsewhere;
  refused({"--run", elsewhere.file("run")}, 2,
          "--run: the directory of a retry must be in the folder of the run that it retries");
  const std::string text = read_file(failing.work.input);
  std::string edited = text;
  edited.replace(edited.find(failing.rows[6].fields.at("phone")), 1, "X");
  write_file(failing.work.input, edited);
  refused({}, 3, "row 7 (line 8) differs from the row");
  write_file(failing.work.input, text + "\r\n");
  refused({}, 3, "it was edited or replaced");
  std::filesystem::remove(failing.work.input);
  refused({}, 3, "");
}

TEST_CASE("retry: the new run lies beside the old one, however that is named") {
  Failing failing(make_customers_in_turns(20, 1), {"--error-share", "404:1"});
  const auto runs_beside = [&] {
    std::size_t runs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(failing.work.dir.path()))
      runs += std::filesystem::exists(entry.path() / "run.json") ? 1 : 0;
    return runs;
  };
  CHECK(retry(failing.work.directory + "/").code == 1);
  CHECK(runs_beside() == 2);
  auto from_inside = in_shell("cd " + failing.work.directory + ";", retry_command("."));
  CHECK(run(from_inside).code == 1);
  CHECK(runs_beside() == 3);
}

TEST_CASE("retry: rows that do not succeed once more hold nobody back: it has no canary") {
  const auto customers = make_customers(40);
  const Work work(to_csv(customers));
  std::string known = "uuid,name,phone\n";
  for (std::size_t n = 0; n < 30; ++n) known += customers[n].id + ",Ann,5\n";
  write_file(work.dir.file("seed.csv"), known);
  Simulator simulator({"--seed", work.dir.file("seed.csv")});
  const Finished first = run(update_command(simulator.url(), work.input, work.directory, {"--rate", "unlimited"}));
  CAPTURE(first.err);
  CHECK(first.code == 1);
  CHECK(count_status(work.directory, "failed") == 10);
  const std::string again = work.dir.file("again");
  const Finished second = retry(work.directory, {"--run", again});
  CAPTURE(second.err);
  CHECK(second.code == 1);
  CHECK(count_status(again, "failed") == 10);
}
