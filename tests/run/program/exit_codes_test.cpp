// Scripts are written against the exit codes: each that this program can end with, from a real run.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <filesystem>
#include <thread>

#include "fixture.hpp"
#include "support/scripted_server.hpp"

using namespace test;

namespace {

constexpr auto nowhere = "http://127.0.0.1:9";

// A wrong command line: exit 2, one line that names the option, no run directory.
void check_usage(const Work& work, const std::vector<std::string>& command, const std::string& named) {
  const Finished finished = run(command);
  CAPTURE(named);
  CAPTURE(finished.err);
  CHECK(finished.code == 2);
  CHECK(says(finished, named));
  CHECK_FALSE(std::filesystem::exists(work.directory));
}

void check_input_refused(const Work& work, const std::string& named) {
  const Finished finished = work.update(nowhere);
  CAPTURE(finished.err);
  CHECK(finished.code == 3);
  CHECK(says(finished, named));
}

}  // namespace

TEST_CASE("exit 0: every row succeeded; an empty file and a header alone are no rows and no fault") {
  Simulator simulator;
  const Work some(rows(20));
  CHECK(some.update(simulator.url()).code == 0);
  CHECK(count_status(some.directory, "success") == 20);
  for (const char* text : {"", "id,name,phone\r\n", "\xEF\xBB\xBFid,name,phone"}) {
    const Work none(text);
    const Finished finished = none.update(simulator.url());
    CAPTURE(finished.err);
    CHECK(finished.code == 0);
    CHECK(number_of(none.summary().at("rows").as_object(), "read") == 0);
  }
}

TEST_CASE("exit 1: the run finished, but a row was rejected, failed or unknown") {
  const auto one_more = rows(1) + "not-a-uuid,Ann,5,,,\r\n";
  Simulator well;
  const Work rejected(one_more);
  CHECK(rejected.update(well.url()).code == 1);
  CHECK(count_status(rejected.directory, "rejected") == 1);
  CHECK(count_status(rejected.directory, "success") == 1);

  Simulator refusing({"--error-share", "500:100%"});
  const Work failed(rows(1));
  CHECK(failed.update(refusing.url(), {"--max-attempts", "1"}).code == 1);
  CHECK(count_status(failed.directory, "failed") == 1);

  Simulator cutting({"--truncate-share", "100%"});
  const Work unknown(rows(1));
  CHECK(unknown.update(cutting.url(), {"--max-attempts", "1"}).code == 1);
  CHECK(count_status(unknown.directory, "unknown") == 1);
}

TEST_CASE("exit 2: a wrong command line is refused before anything is sent or written, and names the option") {
  const Work work(rows(1));
  check_usage(work, work.command(nowhere, {"--no-such-option"}), "--no-such-option");
  check_usage(work, work.command(nowhere, {"--connections", "0"}), "--connections");
  check_usage(work, work.command(nowhere, {"--timeout", "30"}), "--timeout");
  check_usage(work, work.command(nowhere, {"--map", "name=Nobody"}), "--map name=Nobody");
  check_usage(work, work.command("ftp://127.0.0.1"), "--url");
  check_usage(work, {AMEND_PROGRAM, "update", work.input, "--auth", "none", "--run", work.directory}, "--url");
  check_usage(work, {AMEND_PROGRAM, "update"}, "amend update FILE");
  check_usage(
      work, {AMEND_PROGRAM},
      "update, check, reconcile, verify, undo, resume, retry, status, runs, control, export, report, explain, ping, "
      "bench, help, version, completion or man");
}

TEST_CASE("exit 2: a column that no field can be taken from is named together with those that are there") {
  const Work work("customer,name,phone\r\n");
  const Finished finished = work.update(nowhere);
  CHECK(finished.code == 2);
  CHECK(says(finished, "--id-column"));
  CHECK(says(finished, "customer"));
}

TEST_CASE("exit 2: a key that others can read is refused") {
  const Work work(rows(1));
  const std::string key = work.dir.file("open.key");
  write_file(key, read_file(certificates() + "/app.key"), 0644);
  check_usage(work, work.command(nowhere, {"--auth", "wonder", "--app-id", app_id, "--private-key", key}),
              "--private-key");
}

TEST_CASE("exit 2: customers on another machine are not updated without --yes when nobody can be asked") {
  const Work work(rows(1));
  check_usage(work, work.command("https://customers.example"), "--yes");
}

TEST_CASE("exit 3: an input that cannot be read as a whole") {
  const Work work(rows(1));
  std::filesystem::remove(work.input);
  check_input_refused(work, "customers.csv");
  std::filesystem::create_directory(work.input);
  check_input_refused(work, "directory");
}

TEST_CASE("exit 3: an input that is changed while it is read stops the run; what was sent keeps its record") {
  // Longer than all buffers on the way, so that the end is read after the change.
  const auto customers = make_customers(20'000);
  const Work work(to_csv(customers));
  Simulator simulator({"--latency", "5ms"});
  Process process(work.command(simulator.url()), work.dir.file("out"), work.dir.file("err"));
  REQUIRE(wait_for_lines(work.file("results.ndjson"), 1, limit));
  std::filesystem::resize_file(work.input, std::filesystem::file_size(work.input) / 2);
  CHECK(process.wait(limit) == 3);
  CHECK(read_file(work.dir.file("err")).find("changed while it was read") != std::string::npos);
  CHECK(count_status(work.directory, "success") > 0);
}

TEST_CASE("exit 3: --strict stops at the first rejected row") {
  Simulator simulator;
  const Work work(rows(3) + "not-a-uuid,Ann,5,,,\r\n" + rows(3).substr(rows(0).size()));
  const Finished before = work.update(simulator.url(), {"--strict"});
  CAPTURE(before.err);
  CHECK(before.code == 3);
  CHECK(says(before, "row 4, line 5"));
  CHECK(says(before, "nothing was sent"));
  CHECK_FALSE(std::filesystem::exists(work.directory));
  const Finished within = work.update(simulator.url(), {"--strict", "--skip-check"});
  CAPTURE(within.err);
  CHECK(within.code == 3);
  CHECK(count_status(work.directory, "rejected") == 1);
  CHECK(count_status(work.directory, "success") <= 3);
}

TEST_CASE("exit 4: nothing listens; all rows are held back as unsent") {
  const std::string url = url_of_nobody();
  const Work work(rows(10));
  const Finished finished = work.update(url, {"--connect-timeout", "1s", "--outage-limit", "1s"});
  CAPTURE(finished.err);
  CHECK(finished.code == 4);
  CHECK(says(finished, "refused"));
  CHECK(number_of(work.summary().at("rows").as_object(), "unsent") == 10);
  CHECK(read_ndjson(work.file("results.ndjson")).empty());
}

TEST_CASE("exit 5: refused credentials stop the run at once and do not burn the file") {
  const Work work(rows(2000));
  Simulator simulator({"--auth-fail-after", "1"});
  const Finished finished = work.update(simulator.url());
  simulator.stop();
  CAPTURE(finished.err);
  CHECK(finished.code == 5);
  CHECK(says(finished, "credentials"));
  CHECK(requests_at(simulator) >= 3);
  CHECK(requests_at(simulator) <= 3 + 4 * 4);  // what was in flight when the third answer came
  const auto sums = work.summary().at("rows").as_object();
  CHECK(number_of(sums, "failed") + number_of(sums, "unsent") == 2000);
}

TEST_CASE("exit 5: a certificate that does not prove the host is refused before one byte of HTTP, with the reason") {
  class Refused {
   public:
    Refused(const char* file_, const char* reason_) : file(file_), reason(reason_) {}
    const char* file;
    const char* reason;
  };
  for (const Refused& refused :
       {Refused("expired", "expired"), Refused("wrong-host", "127.0.0.1"), Refused("unknown-authority", "authority")}) {
    ScriptedServer server({[](Peer& peer) { peer.expect(1); }},
                          ServerTls(certificates() + "/" + refused.file + ".pem", certificates() + "/server.key"));
    const Work work(rows(5));
    const Finished finished = work.update("https://127.0.0.1:" + server.port());
    CAPTURE(refused.file);
    CAPTURE(finished.err);
    CHECK(finished.code == 5);
    CHECK(says(finished, refused.reason));
    CHECK(server.bytes_received() == 0);
    CHECK(number_of(work.summary().at("rows").as_object(), "unsent") == 5);
  }
}

TEST_CASE("exit 5: a reference number that is another customer's stops the run") {
  const Work work("id,name,phone,ref\r\n" + std::string(some_id) + ",Ann,5,R-2\r\n");
  write_file(work.dir.file("seed.csv"), "uuid,name,phone,reference_number\n" + std::string(some_id) + ",Bob,1,R-1\n");
  Simulator simulator({"--seed", work.dir.file("seed.csv")});
  const Finished finished = work.update(simulator.url(), {"--guard", "reference_number=ref"});
  CAPTURE(finished.err);
  CHECK(finished.code == 5);
  CHECK(says(finished, "--guard"));
}

TEST_CASE("exit 6: results that cannot be written stop the run, and it says so") {
  // A limit on the size of a file is a full disk that needs no privilege.
  std::string text = rows(2000);
  text.insert(text.find('\n') + 1, "not-a-uuid,Ann,5,,,\r\n");
  const Work work(text);
  Simulator simulator;
  std::vector<std::string> command{"/bin/bash", "-c", "ulimit -f 16; exec \"$@\"", "amend"};
  const auto update = work.command(simulator.url());
  command.insert(command.end(), update.begin(), update.end());
  const Finished finished = run(command);
  simulator.stop();
  CAPTURE(finished.err);
  CHECK(finished.code == 6);
  CHECK(says(finished, "results.ndjson"));
  CHECK(requests_at(simulator) < 2000);
  // What need not be on the disk has no seal: a power cut would make an edit of it.
  REQUIRE(std::filesystem::exists(work.file("rejected.csv")));
  CHECK(work.summary().at("retry_files").as_array().empty());
}

TEST_CASE("exit 7: a run directory that another process works in is refused, and its run goes on") {
  Interrupted first({"--latency", "20ms"});
  first.wait_for_results(1);
  const Finished second = run(first.work.command(first.simulator.url()));
  CHECK(second.code == 7);
  CHECK(says(second, "in use"));
  first.process->signal(SIGINT);
  CHECK(first.process->wait(limit) == 130);
}

TEST_CASE("exit 4: a run whose disk hangs is left in the end, and can be resumed") {
  Simulator simulator({"--error-share", "500:0.2", "--latency", "100ms"});
  const auto customers = make_customers(2000);
  const Work work(to_csv(customers));
  Process process(work.command(simulator.url(), {"--max-attempts", "1", "--stall", "400ms", "--grace", "100ms"}),
                  work.dir.file("out"), work.dir.file("err"));
  REQUIRE(wait_for_lines(work.file("run.json"), 1, limit));
  // Opening it waits for a reader that never comes, as a disk may that is gone.
  REQUIRE(::mkfifo(work.file("failed.csv").c_str(), 0600) == 0);
  CHECK(process.wait(limit) == 4);
  CHECK(read_file(work.dir.file("err")).find("one of its threads does not end") != std::string::npos);
  std::filesystem::remove(work.file("failed.csv"));
  const Finished finished = run({AMEND_PROGRAM, "resume", work.directory, "--max-attempts", "1"});
  CAPTURE(finished.err);
  CHECK(finished.code == 1);
  simulator.stop();
  for (const auto& trouble : disagreements(customers, work.directory, simulator, finished.code)) FAIL_CHECK(trouble);
}

TEST_CASE(
    "exit 6 or 130: a second signal does not wait for a file that hangs, by whether the results log is complete") {
  Simulator simulator({"--error-share", "404:1", "--latency", "1s"});
  const Work work(rows(200));
  Process process(work.command(simulator.url(), {"--max-attempts", "1"}), work.dir.file("out"), work.dir.file("err"));
  REQUIRE(wait_for_lines(work.file("run.json"), 1, limit));
  // Opening it waits for a reader that never comes, as a disk may that is gone.
  REQUIRE(::mkfifo(work.file("failed.csv").c_str(), 0600) == 0);
  std::this_thread::sleep_for(std::chrono::milliseconds(1'500));
  process.signal(SIGINT);
  REQUIRE(wait_for_line(work.dir.file("err"), "stopping: waiting for", limit));
  process.signal(SIGINT);
  const int code = process.wait(Process::Seconds(20)).value_or(-1);
  const std::string messages = read_file(work.dir.file("err"));
  CAPTURE(messages);
  const bool is_complete = messages.find("(the results log is complete)") != std::string::npos;
  CHECK(code == (is_complete ? 130 : 6));
  CHECK(messages.find("stopped by a second signal") != std::string::npos);
  CHECK(messages.find("amend resume " + work.directory) != std::string::npos);
}

TEST_CASE("exit 4: too few open files are named with the remedy, before anything is sent") {
  const Work work(rows(10));
  Simulator simulator;
  for (const std::string files : {"7", "8", "11", "16"}) {
    CAPTURE(files);
    const Finished refused = run(in_shell("ulimit -n " + files + ";", work.command(simulator.url())));
    CAPTURE(refused.err);
    CHECK(refused.code == 4);
    CHECK(says(refused, "the limit of open files is " + files));
    CHECK(says(refused, "ulimit -n"));
    CHECK_FALSE(says(refused, "defect"));
  }
  // The soft limit is raised as far as the hard one allows.
  CHECK(run(in_shell("ulimit -S -n 16;", work.command(simulator.url()))).code == 0);
  simulator.stop();
  CHECK(requests_at(simulator) == 10);
}

TEST_CASE("exit 4: --max-failures holds the rest back as unsent, and resume goes on") {
  Simulator simulator({"--error-share", "404:0.5"});
  const auto customers = make_customers(2000);
  const Work work(to_csv(customers));
  const Finished stopped = run(work.command(simulator.url(), {"--max-failures", "10%"}));
  CAPTURE(stopped.err);
  CHECK(stopped.code == 4);
  CHECK(says(stopped, "rows did not succeed (--max-failures): the other rows are not sent"));
  CHECK(says(stopped, "amend resume " + work.directory));
  const auto unsent = static_cast<std::size_t>(number_of(work.summary().at("rows").as_object(), "unsent"));
  CHECK(unsent > 1000);
  CHECK(read_ndjson(work.file("results.ndjson")).size() + unsent == customers.size());
  const Finished finished = run({AMEND_PROGRAM, "resume", work.directory, "--max-failures", "100%"});
  CHECK(finished.code == 1);
  simulator.stop();
  for (const auto& trouble : disagreements(customers, work.directory, simulator, finished.code)) FAIL_CHECK(trouble);
}

TEST_CASE(
    "exit 4: the first rows do not succeed: the others are held back, and resume goes on when the cause is gone") {
  const auto customers = make_customers(300);
  const Work work(to_csv(customers));
  Simulator ill({"--error-share", "422:100%"});
  const Finished stopped = run(update_command(ill.url(), work.input, work.directory));
  CAPTURE(stopped.err);
  CHECK(stopped.code == 4);
  CHECK(says(stopped, "first 1 row, then 10, then all (to switch off: --canary off)"));
  CHECK(says(stopped, "none of the first 3 rows succeeded; the last failure: E000422"));
  CHECK(says(stopped, "amend resume " + work.directory));
  ill.stop();
  // A second request, alone, may prove each of the three.
  CHECK(requests_at(ill) >= 3);
  CHECK(requests_at(ill) <= 6);
  Simulator well;
  const Finished finished = run({AMEND_PROGRAM, "resume", work.directory, "--url", well.url(),
                                 "--accept-changed-options", "--rate", "unlimited"});
  CAPTURE(finished.err);
  CHECK(finished.code == 1);
  CHECK(count_status(work.directory, "success") == customers.size() - 3);
  CHECK(count_status(work.directory, "failed") == 3);
}
