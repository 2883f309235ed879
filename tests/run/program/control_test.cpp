// Watching and controlling an active run: `amend control`, its socket, SIGUSR1.
#include <doctest/doctest.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "client.hpp"
#include "fixture.hpp"
#include "support/turns.hpp"

using namespace test;

namespace {

Finished control(const std::string& directory, const std::vector<std::string>& words) {
  std::vector<std::string> all{AMEND_PROGRAM, "control", directory};
  all.insert(all.end(), words.begin(), words.end());
  return run(all);
}

boost::json::object state_of(const std::string& directory) {
  const Finished finished = control(directory, {"status", "--json"});
  CAPTURE(finished.err);
  REQUIRE(finished.code == 0);
  return boost::json::parse(finished.out).as_object();
}

bool has_socket(const std::string& directory) { return std::filesystem::is_socket(directory + "/control"); }

// 2,000 rows at 80 per second: enough time for all requests of the test.
class Slow : public Interrupted {
 public:
  explicit Slow(const std::vector<std::string>& options = {}) : Interrupted({"--latency", "200ms"}, options) {
    REQUIRE(wait_until([&] { return has_socket(work.directory); }, limit));
  }
  std::string ask(const std::string& request) const {
    const Client client = Client::of_run(work.directory);
    client.send(request);
    return client.receive();
  }
  /// Ends it well, whatever was done to it.
  void finish() {
    CHECK(control(work.directory, {"drain"}).code == 0);
    CHECK(process->wait(limit) == 4);
  }
};

double elapsed(const std::string& directory) { return state_of(directory).at("elapsed_s").to_number<double>(); }

// Until the run says that so much time has passed.
bool let_pass(const std::string& directory, double seconds) {
  const double until = elapsed(directory) + seconds;
  return wait_until([&] { return elapsed(directory) >= until; }, limit);
}

void make_stale_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  REQUIRE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  ::close(descriptor);
}

}  // namespace

TEST_CASE("control status: says what the run is doing, for people and as JSON") {
  Slow slow;
  slow.wait_for_results(5);
  const Finished people = control(slow.work.directory, {"status"});
  CAPTURE(people.out);
  CHECK(people.code == 0);
  CHECK(people.out.starts_with("running for "));
  CHECK(people.out.find("  rows ") != std::string::npos);
  CHECK(people.out.find("in flight") != std::string::npos);
  const auto state = state_of(slow.work.directory);
  CHECK(state.at("ok") == true);
  CHECK(number_of(state.at("rows").as_object(), "success") >= 5);
  CHECK(text_of(state, "run") == slow.work.directory);
  CHECK(state.at("paused") == false);
  CHECK(control(slow.work.directory, {"status", "--quiet"}).out.empty());
  slow.finish();
}

TEST_CASE("control status --watch: a line a second, until the run ends") {
  Slow slow;
  const TempDir streams;
  Process watching({AMEND_PROGRAM, "control", slow.work.directory, "status", "--watch", "--json"}, streams.file("out"),
                   streams.file("err"));
  REQUIRE(wait_for_lines(streams.file("out"), 2, limit));
  slow.finish();
  CHECK(watching.wait(limit) == 0);
  for (const auto& line : read_ndjson(streams.file("out"))) CHECK(line.at("ok") == true);
}

TEST_CASE("control: only its owner has rights to the socket, and it is gone when the run has ended") {
  Slow slow;
  struct stat found {};
  REQUIRE(::stat(slow.work.file("control").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  slow.finish();
  CHECK_FALSE(std::filesystem::exists(slow.work.file("control")));
  const auto summary = slow.work.summary();
  for (const auto& file : summary.at("files").as_array()) CHECK(file != "control");
  const Finished late = control(slow.work.directory, {"status"});
  CHECK(late.code == 2);
  CHECK(says(late, "amend status " + slow.work.directory));
}

TEST_CASE("control: what is no request is answered so, and does the run no harm") {
  Slow slow;
  for (const std::string wrong :
       {"\n", "stop\n", "rate\n", "rate fast\n", "connections 0\n", "pause now\n", "status\t\n"}) {
    const std::string answer = slow.ask(wrong);
    CAPTURE(answer);
    CHECK(boost::json::parse(answer).at("ok") == false);
    CHECK(std::ranges::count(answer, '\n') == 1);
  }
  CHECK(slow.ask(std::string(256, 'x')).find("at most 256 bytes") != std::string::npos);
  CHECK(slow.ask("status\nstatus\n").find("\"ok\":true") != std::string::npos);
  CHECK(slow.ask("status\r\n").find("\"ok\":true") != std::string::npos);
  const Client half = Client::of_run(slow.work.directory);
  half.send("stat");
  half.end_sending();
  CHECK(half.receive().empty());
  CHECK(control(slow.work.directory, {"rate", "fast"}).code == 2);
  CHECK(control(slow.work.directory, {"connections", "257"}).code == 2);
  slow.finish();
}

TEST_CASE("control: two clients at once, one of which takes its time") {
  Slow slow;
  const Client first = Client::of_run(slow.work.directory);
  first.send("sta");
  CHECK(slow.ask("status\n").find("\"ok\":true") != std::string::npos);
  first.send("tus\n");
  CHECK(first.receive().find("\"ok\":true") != std::string::npos);
  slow.finish();
}

TEST_CASE("control: clients that say nothing are let go after a while, and delay neither others for ever nor the end") {
  Slow slow;
  std::vector<Client> silent;
  // They are let go after 5 s: whoever waits for that is never this quick, but a busy machine may not be either.
  CHECK(takes_less_than(std::chrono::seconds(3), [&] {
    for (int i = 0; i < 8; ++i) silent.push_back(Client::of_run(slow.work.directory));
    CHECK(slow.ask("status\n").find("\"ok\":true") != std::string::npos);  // in the place of one of them
  }));
  for (int i = 0; i < 8; ++i) silent.push_back(Client::of_run(slow.work.directory));
  slow.process->signal(SIGTERM);
  CHECK(slow.process->wait(limit) == 143);
}

TEST_CASE("control drain: stops as a signal does, with exit 4, and the run can be resumed") {
  Slow slow;
  slow.wait_for_results(20);
  const Finished asked = control(slow.work.directory, {"drain"});
  CHECK(asked.code == 0);
  CHECK(asked.out.starts_with("stopping"));
  CHECK(slow.process->wait(limit) == 4);
  CHECK(slow.unsent() > 0);
  CHECK(std::filesystem::exists(slow.work.file("unsent.csv")));
  CHECK(read_file(slow.work.dir.file("err")).find("control: drain\n") != std::string::npos);
  const Finished resumed =
      run({AMEND_PROGRAM, "resume", slow.work.directory, "--progress", "none", "--connections", "64"});
  CAPTURE(resumed.err);
  CHECK(resumed.code == 0);
  CHECK(count_status(slow.work.directory, "success") == slow.customers.size());
}

TEST_CASE("control drain: asked twice, the answers in flight are still waited for") {
  Slow slow;
  slow.wait_for_results(5);
  CHECK(slow.ask("drain\n").find("\"stopping\":true") != std::string::npos);
  const Client again = Client::of_run(slow.work.directory);
  if (again.connected()) {
    again.send("drain\n");
    again.receive();
  }
  CHECK(slow.process->wait(limit) == 4);
  slow.simulator.stop();
  CHECK(count_status(slow.work.directory, "success") == requests_at(slow.simulator));
}

TEST_CASE("control: a socket that a killed run has left is in nobody's way, and the next run takes its place") {
  Slow slow;
  slow.wait_for_results(5);
  slow.process->signal(SIGKILL);
  REQUIRE(slow.process->wait(limit));
  REQUIRE(has_socket(slow.work.directory));
  make_stale_socket(slow.work.file("control.new"));  // of a run that was killed at its very start
  const Finished nobody = control(slow.work.directory, {"status"});
  CHECK(nobody.code == 2);
  CHECK(says(nobody, "this run is not running now"));
  CHECK(run({AMEND_PROGRAM, "status", slow.work.directory}).code == 1);
  const TempDir streams;
  Process resumed({AMEND_PROGRAM, "resume", slow.work.directory, "--progress", "none"}, streams.file("out"),
                  streams.file("err"));
  REQUIRE(wait_until([&] { return control(slow.work.directory, {"status"}).code == 0; }, limit));
  CHECK(control(slow.work.directory, {"drain"}).code == 0);
  CHECK(resumed.wait(limit) == 4);
  CHECK_FALSE(has_socket(slow.work.directory));
  CHECK_FALSE(std::filesystem::exists(slow.work.file("control.new")));
}

TEST_CASE("control: retry of a run with a stale socket, and the socket of the retry") {
  Simulator simulator({"--error-share", "404:100%"});
  const Work work(rows(5));
  REQUIRE(work.update(simulator.url(), {"--max-attempts", "1"}).code == 1);
  make_stale_socket(work.file("control"));
  const Finished retried = run({AMEND_PROGRAM, "retry", work.directory, "--run", work.dir.file("again"), "--progress",
                                "none", "--max-attempts", "1"});
  CAPTURE(retried.err);
  CHECK(retried.code == 1);
  CHECK_FALSE(std::filesystem::exists(work.dir.file("again/control")));
}

TEST_CASE("control: the path of a run directory may be longer than the address of a socket") {
  const TempDir dir;
  const std::string directory = dir.file(std::string(100, 'a') + "/" + std::string(100, 'b'));
  write_file(dir.file("customers.csv"), rows(2000));
  Simulator simulator({"--latency", "200ms"});
  Process process(update_command(simulator.url(), dir.file("customers.csv"), directory), dir.file("out"),
                  dir.file("err"));
  REQUIRE(wait_until([&] { return has_socket(directory); }, limit));
  CHECK(control(directory, {"status"}).code == 0);
  CHECK(control(directory, {"drain"}).code == 0);
  CHECK(process.wait(limit) == 4);
  CHECK_FALSE(has_socket(directory));
}

TEST_CASE("control: where no socket can be made the run says so once and goes on") {
  const Work work(rows(20));
  Simulator simulator({"--latency", "200ms"});  // long enough for it to be tried
  std::filesystem::create_directory(work.directory);
  std::string place = "control";
  SUBCASE("its place is taken") {}
  SUBCASE("the place is taken in which it is made") { place = "control.new"; }
  write_file(work.file(place), "somebody's file");
  const Finished finished = work.update(simulator.url());
  CHECK(finished.code == 0);
  CHECK(says(finished, "no control socket in " + work.directory));
  CHECK(read_file(work.file(place)) == "somebody's file");
}

TEST_CASE("control: no run, no directory, a wrong command line: exit 2") {
  const TempDir dir;
  CHECK(says(control(dir.path(), {"status"}), "contains no run.json"));
  CHECK(control(dir.path(), {"status"}).code == 2);
  CHECK(control(dir.file("none"), {"pause"}).code == 2);
  CHECK(control(dir.path(), {}).code == 2);
  CHECK(control(dir.path(), {"stop"}).code == 2);
  CHECK(says(control(dir.path(), {"rate"}), "rate RATE"));
  CHECK(says(control(dir.path(), {"pause", "--watch"}), "--watch needs the action status"));
}

TEST_CASE("control --json: what is refused, here or by the run, is JSON on standard output too") {
  const TempDir dir;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"status"}, {"rate", "0"}, {"rate", "fast"}, {"connections", "0"}, {"stop"}, {}}) {
    auto with_json = words;
    with_json.emplace_back("--json");
    const Finished refused = control(dir.path(), with_json);
    CAPTURE(refused.err);
    CAPTURE(refused.out);
    CHECK(refused.code == 2);
    const auto answer = boost::json::parse(refused.out).as_object();
    CHECK_FALSE(answer.at("ok").as_bool());
    CHECK(refused.err.find(std::string(answer.at("error").as_string())) != std::string::npos);
  }
}

TEST_CASE("SIGUSR1: pauses, and goes on when it comes again") {
  const Work work(rows(2000));
  Simulator simulator({"--latency", "200ms"});
  auto command = work.command(simulator.url());
  *std::next(std::ranges::find(command, "--progress")) = "plain";
  Process process(command, work.dir.file("out"), work.dir.file("err"));
  const auto says_now = [&](const std::string& text) {
    return wait_until([&] { return read_file(work.dir.file("err")).find(text) != std::string::npos; }, limit);
  };
  REQUIRE(wait_until([&] { return has_socket(work.directory); }, limit));
  process.signal(SIGUSR1);
  REQUIRE(says_now("paused (to resume: SIGUSR1 again, or `amend control " + work.directory + " resume`)\n"));
  CHECK(state_of(work.directory).at("paused") == true);
  REQUIRE(says_now("%), paused, 0 retries"));
  process.signal(SIGUSR1);
  REQUIRE(says_now("\nresumed\n"));
  CHECK(state_of(work.directory).at("paused") == false);
  CHECK(control(work.directory, {"drain"}).code == 0);
  CHECK(process.wait(limit) == 4);
}

TEST_CASE("SIGUSR1: before the run has begun there is nothing to pause, and nothing happens") {
  const TempDir dir;
  REQUIRE(::mkfifo(dir.file("customers.csv").c_str(), 0600) == 0);
  Simulator simulator;
  Process process(update_command(simulator.url(), dir.file("customers.csv"), dir.file("run"), {"--rate", "unlimited"}),
                  dir.file("out"), dir.file("err"));
  std::ofstream pipe(dir.file("customers.csv"), std::ios::binary);  // waits for the reader: it wants the header
  process.signal(SIGUSR1);
  pipe << rows(20) << std::flush;
  pipe.close();
  CHECK(process.wait(limit) == 0);
  CHECK(read_file(dir.file("err")).find("paused") == std::string::npos);
}

TEST_CASE("control pause: nothing is sent until resume, and then everything is") {
  Slow slow;
  slow.wait_for_results(20);
  CHECK(control(slow.work.directory, {"pause"}).out == "paused\n");
  REQUIRE(wait_until([&] { return number_of(state_of(slow.work.directory), "in_flight") == 0; }, limit));
  const auto sent = number_of(state_of(slow.work.directory), "attempts");
  REQUIRE(let_pass(slow.work.directory, 1));
  CHECK(number_of(state_of(slow.work.directory), "attempts") == sent);
  CHECK(control(slow.work.directory, {"resume"}).out == "resumed\n");
  REQUIRE(wait_until([&] { return number_of(state_of(slow.work.directory), "attempts") > sent; }, limit));
  slow.finish();
}

TEST_CASE("control rate: the pace changes from then on") {
  Slow slow;
  slow.wait_for_results(20);
  CHECK(control(slow.work.directory, {"rate", "5/s"}).out == "rate 5/s\n");
  REQUIRE(let_pass(slow.work.directory, 0.5));
  const auto before = state_of(slow.work.directory);
  CHECK(before.at("rate").to_number<double>() == doctest::Approx(5));
  REQUIRE(let_pass(slow.work.directory, 2));
  const auto after = state_of(slow.work.directory);
  const double time = after.at("elapsed_s").to_number<double>() - before.at("elapsed_s").to_number<double>();
  CHECK(static_cast<double>(number_of(after, "attempts") - number_of(before, "attempts")) <= 5 * time + 2);
  CHECK(control(slow.work.directory, {"rate", "unlimited"}).code == 0);
  CHECK(state_of(slow.work.directory).at("rate").is_null());
  slow.finish();
}

TEST_CASE("control connections: more are opened when more are allowed") {
  Slow slow({"--connections", "2"});
  slow.wait_for_results(10);
  CHECK(control(slow.work.directory, {"connections", "6"}).out == "6 connections\n");
  REQUIRE(wait_until([&] { return number_of(state_of(slow.work.directory), "connections_opened") >= 6; }, limit));
  CHECK(number_of(state_of(slow.work.directory), "connections") == 6);
  slow.finish();
}
