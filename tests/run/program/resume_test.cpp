// A run that was killed, stopped or damaged, and resumed: the input, the log and the server's record are compared.
#include <doctest/doctest.h>
#include <signal.h>

#include <filesystem>
#include <map>
#include <set>

#include "fixture.hpp"

using namespace test;

namespace {

constexpr std::size_t in_flight_max = 8 * 16;
constexpr std::size_t unwritten_max = 512;

// A run of 4,000 rows, killed when its log has a number of lines.
class Killed {
 public:
  explicit Killed(std::size_t lines, int number = SIGKILL, const std::string& latency = "2ms")
      : customers(make_customers(4000)),
        work(to_csv(customers) + "not-a-uuid,Ann,5,,,\r\n"),
        simulator({"--latency", latency}) {
    Process process(work.command(simulator.url(), {"--connections", "8", "--pipeline", "16"}), work.dir.file("out"),
                    work.dir.file("err"));
    kill(process, lines, number);
  }
  void kill(Process& process, std::size_t lines, int number = SIGKILL) {
    REQUIRE(wait_for_lines(work.file("results.ndjson"), lines, limit));
    process.signal(number);
    REQUIRE(process.wait(limit));
  }
  std::vector<std::string> resume_command(const std::vector<std::string>& options = {}) const {
    std::vector<std::string> all{AMEND_PROGRAM, "resume", work.directory, "--progress", "none"};
    all.insert(all.end(), options.begin(), options.end());
    return all;
  }
  Finished resume(const std::vector<std::string>& options = {}) const { return run(resume_command(options)); }

  void check_complete(std::size_t kills) {
    simulator.stop();
    std::set<std::int64_t> rows;
    std::map<std::string, std::size_t> sent;
    for (const auto& request : read_ndjson(simulator.request_log())) ++sent[text_of(request, "id")];
    for (const auto& record : read_ndjson(work.file("results.ndjson"))) {
      CHECK(rows.insert(number_of(record, "row")).second);
      if (text_of(record, "status") == "success") CHECK(sent.contains(text_of(record, "id")));
    }
    CHECK(rows.size() == customers.size() + 1);
    CHECK(count_status(work.directory, "success") == customers.size());
    std::size_t again = 0;
    for (const auto& [id, times] : sent) again += times - 1;
    CHECK(again <= kills * (in_flight_max + unwritten_max));
    const auto sums = work.summary().at("rows").as_object();
    CHECK(number_of(sums, "read") == static_cast<std::int64_t>(customers.size()) + 1);
    CHECK(number_of(sums, "success") == static_cast<std::int64_t>(customers.size()));
    CHECK(number_of(sums, "rejected") == 1);
    CHECK(number_of(sums, "unsent") == 0);
  }

  std::vector<Customer> customers;
  Work work;
  Simulator simulator;
};

std::string log_of(const Killed& killed) { return read_file(killed.work.file("results.ndjson")); }

}  // namespace

TEST_CASE("resume: a killed run is completed, also when resuming is killed; no row is lost and none has two records") {
  Killed killed(500);
  for (const std::size_t lines : {1200, 2000}) {
    Process again(killed.resume_command(), killed.work.dir.file("out"), killed.work.dir.file("err"));
    killed.kill(again, lines);
  }
  const Finished finished = killed.resume();
  CAPTURE(finished.err);
  CHECK(finished.code == 1);  // the row that is bad on purpose
  CHECK(says(finished, "rows have a result"));
  CHECK(read_file(killed.work.file("rejected.csv")).find("not-a-uuid") != std::string::npos);
  killed.check_complete(3);
  const auto requests = read_ndjson(killed.simulator.request_log()).size();
  const Finished nothing_left = killed.resume();
  CHECK(nothing_left.code == 1);
  CHECK(read_ndjson(killed.simulator.request_log()).size() == requests);
}

TEST_CASE("resume: a run that was interrupted is completed, and says what to type for that") {
  Killed stopped(300, SIGINT);
  CHECK(read_file(stopped.work.dir.file("err")).find("amend resume " + stopped.work.directory) != std::string::npos);
  CHECK(stopped.resume().code == 1);
  stopped.check_complete(1);
}

TEST_CASE("resume: what a crash has torn at the end of the log is cut off, and said") {
  for (const std::string& tail : {std::string("{\"row\":7,\"li"), std::string(3000, '\0'), std::string("garbage\n")}) {
    Killed killed(200);
    const std::string log = log_of(killed);
    write_file(killed.work.file("results.ndjson"), log + tail);
    const Finished finished = killed.resume();
    CAPTURE(finished.err);
    CHECK(finished.code == 1);
    CHECK(says(finished, "are an incomplete record: amend removes them"));
    CHECK((log_of(killed).starts_with(log.substr(0, log.rfind('\n') + 1))));
    killed.check_complete(1);
  }
}

TEST_CASE("resume: a log that was changed in its middle is refused, naming the place, and nothing is sent") {
  // Slow enough for some group commits; or ended by itself, and then all of it is durable.
  Killed killed(3000, SIGKILL, "20ms");
  SUBCASE("after a kill") {}
  SUBCASE("after its end") { CHECK(killed.resume().code == 1); }
  std::string log = log_of(killed);
  const std::size_t at = log.find('\n', log.size() / 4) + 20;
  log[at] = static_cast<char>(log[at] ^ 1);
  write_file(killed.work.file("results.ndjson"), log);
  const Finished finished = killed.resume();
  CAPTURE(finished.err);
  CHECK(finished.code == 3);
  CHECK(says(finished, "was changed at byte " + std::to_string(log.rfind('\n', at) + 1)));
  CHECK((log_of(killed) == log));
}

TEST_CASE("resume: an input that is not what it was is refused, naming the row, and nothing is sent") {
  Killed killed(1000);
  const std::string text = read_file(killed.work.input);
  const auto refused = [&](const std::string& changed, const std::string& named) {
    write_file(killed.work.input, changed);
    const Finished finished = killed.resume();
    CAPTURE(finished.err);
    CHECK(finished.code == 3);
    CHECK(says(finished, named));
  };
  std::string edited = text;
  edited.replace(edited.find(killed.customers[4].fields.at("phone")), 1, "X");
  refused(edited, "row 5 (line 6) differs from the row");
  refused(text.substr(0, text.find("\r\n", 4000) + 2), "the file was cut or replaced");
  write_file(killed.work.input, text);
  CHECK(killed.resume().code == 1);
  killed.check_complete(1);
}

TEST_CASE("resume: other options than the run's are refused where they would make other requests") {
  Killed killed(500);
  const Finished other = killed.resume({"--url", "https://elsewhere.example"});
  CHECK(other.code == 2);
  CHECK(says(other, "--url differs from the run"));
  CHECK(run({AMEND_PROGRAM, "resume", killed.work.dir.file("nothing")}).code == 2);
  CHECK(killed.resume({"--rate", "100000/s", "--connections", "2"}).code == 1);
  killed.check_complete(1);
}

TEST_CASE("--deadline: a run that is out of time exits 4 and names resume, which completes it") {
  const auto customers = make_customers(300);
  const Work work(to_csv(customers));
  Simulator simulator({"--latency", "20ms"});
  const Finished out_of_time =
      run(work.command(simulator.url(), {"--connections", "1", "--pipeline", "1", "--deadline", "500ms"}));
  CAPTURE(out_of_time.err);
  CHECK(out_of_time.code == 4);
  CHECK(says(out_of_time, "--deadline has passed"));
  CHECK(says(out_of_time, "amend resume " + work.directory));
  const Finished finished = run({AMEND_PROGRAM, "resume", work.directory, "--deadline", "1h", "--pipeline", "16"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  simulator.stop();
  for (const auto& trouble : disagreements(customers, work.directory, simulator, finished.code)) FAIL_CHECK(trouble);
}

TEST_CASE("update: a file that has an unfinished run beside it is refused, naming resume; --new starts anew") {
  Killed killed(500);
  const auto again = [&](const std::vector<std::string>& options) {
    auto command = update_command(killed.simulator.url(), killed.work.input, killed.work.dir.file("second"), options);
    command.insert(command.end(), {"--rate", "unlimited"});
    return run(command);
  };
  const Finished refused = again({});
  CHECK(refused.code == 2);
  CHECK(says(refused, "amend resume " + killed.work.directory));
  CHECK(again({"--new"}).code == 1);
  CHECK(killed.resume().code == 1);
}

TEST_CASE("update: a file that was written anew since its unfinished run is another input") {
  Killed killed(500);
  write_file(killed.work.input, rows(3));
  CHECK(run(update_command(killed.simulator.url(), killed.work.input, killed.work.dir.file("second"), {})).code == 0);
}

TEST_CASE("resume: standard input cannot be read again") {
  const Work work(rows(5));
  Simulator simulator;
  const auto command = update_command(simulator.url(), "-", work.directory, {"--rate", "unlimited"});
  CHECK(run(command, {}, limit, work.input).code == 0);
  const Finished finished = run({AMEND_PROGRAM, "resume", work.directory});
  CHECK(finished.code == 3);
  CHECK(says(finished, "standard input cannot be read again"));
}

TEST_CASE("resume: refused, it leaves the files of the run as they are") {
  const Work work(rows(30) + "not-a-uuid,Ann,5,,,\r\n");
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 1);
  const std::string summary = read_file(work.file("summary.json"));
  const std::string rejected = read_file(work.file("rejected.csv"));
  write_file(work.input, rows(30, 7));
  CHECK(run({AMEND_PROGRAM, "resume", work.directory}).code == 3);
  CHECK(read_file(work.file("summary.json")) == summary);
  CHECK(read_file(work.file("rejected.csv")) == rejected);
}

TEST_CASE("resume: an edited retry file of a finished run stays as it is; a run that adds rows keeps it beside") {
  const Work work(rows(3) + std::string(some_id) + ",Ann,,,,\r\n");
  Simulator simulator;
  REQUIRE(work.update(simulator.url()).code == 1);
  std::string edited = read_file(work.file("rejected.csv"));
  edited.replace(edited.find("Ann,,"), 5, "Ann,7,");
  for (const bool deleted : {false, true}) {
    // Repaired, or its rows taken out: both are edits.
    const std::string text = deleted ? edited.substr(0, edited.find("\r\n") + 2) : edited;
    write_file(work.file("rejected.csv"), text);
    for (int i = 0; i < 2; ++i) {
      const Finished finished = run({AMEND_PROGRAM, "resume", work.directory, "--progress", "none"});
      CAPTURE(finished.err);
      CHECK(finished.code == 1);
      CHECK(says(finished, "rejected.csv was edited since amend wrote it: amend does not change it"));
      CHECK(read_file(work.file("rejected.csv")) == text);
    }
  }
}

TEST_CASE("resume: an edited retry file of a run that was killed is kept beside the new one") {
  Interrupted killed({"--latency", "5ms"});
  killed.wait_for_results(20);
  killed.process->signal(SIGKILL);
  killed.process->wait(limit);
  const std::string text = "\xEF\xBB\xBFid,name,phone,amend_line,amend_error_code,amend_error,amend_raw\r\n";
  write_file(killed.work.file("rejected.csv"), text);
  const Finished finished = run({AMEND_PROGRAM, "resume", killed.work.directory, "--progress", "none"});
  CAPTURE(finished.err);
  CHECK(finished.code == 0);
  CHECK(read_file(killed.work.file("rejected.edited.csv")) == text);
  CHECK(says(finished, "rejected.edited.csv"));
}

TEST_CASE(
    "resume: of a run without a summary each retry file becomes complete; one that was edited is kept beside it") {
  for (const bool is_edited : {false, true}) {
    CAPTURE(is_edited);
    const Work work(rows(100) + "not-a-uuid,Ann,5,,,\r\n");
    Simulator simulator({"--plain", "--error-share", "500:0.1", "--fault-seed", "3"});
    CHECK(work.update(simulator.url(), {"--max-attempts", "1"}).code == 1);
    const std::string failed = read_file(work.file("failed.csv"));
    const std::string rejected = read_file(work.file("rejected.csv"));
    REQUIRE(failed.size() > 500);
    std::string left = failed;
    if (is_edited) left[failed.size() - 20] = '~';
    if (!is_edited) left.resize(300);
    write_file(work.file("failed.csv"), left);
    write_file(work.file("rejected.csv"), "");
    std::filesystem::remove(work.file("summary.json"));
    const Finished finished = run({AMEND_PROGRAM, "resume", work.directory, "--progress", "none"});
    CAPTURE(finished.err);
    CHECK(finished.code == 1);
    CHECK(read_file(work.file("failed.csv")) == failed);
    CHECK(read_file(work.file("rejected.csv")) == rejected);
    CHECK_FALSE(std::filesystem::exists(work.file("rejected.edited.csv")));
    CHECK(std::filesystem::exists(work.file("failed.edited.csv")) == is_edited);
    CHECK(says(finished, "failed.csv was edited or damaged since amend wrote it: amend keeps it as ") == is_edited);
    if (is_edited) CHECK(read_file(work.file("failed.edited.csv")) == left);
  }
}
