// What `amend bench` sends, and that it stops where it must: server's record beside what it says.
#include <doctest/doctest.h>

#include <csignal>
#include <memory>
#include <set>

#include "fixture.hpp"
#include "support/bench_run.hpp"
#include "support/scripted_server.hpp"

using namespace test;

namespace {

std::uint64_t count_of(const boost::json::object& step, const char* name) {
  return step.at(name).to_number<std::uint64_t>();
}

const std::string schema = std::string(AMEND_SAMPLES) + "/bench.schema.json";

// A validator that is not ours.
Finished validated(const BenchRun& bench) {
  return run({"/usr/bin/python3", "-c",
              "import json, sys, jsonschema\n"
              "jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(json.load(open(sys.argv[2])))",
              schema, bench.file("bench.json")});
}

}  // namespace

TEST_CASE("bench --rate: as many requests as planned, spread out evenly, and one before them") {
  Simulator simulator;
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "200/s", "--duration", "1s", "--warm-up", "1s"});
  CAPTURE(bench.finished.err);
  REQUIRE(bench.finished.code == 0);
  simulator.stop();
  const auto requests = read_ndjson(simulator.request_log());
  CHECK(requests.size() == 1 + 200 + 200);
  CHECK(count_of(bench.step(), "requests") == 200);
  CHECK(count_of(bench.step(), "answered") == 200);
  CHECK(bench.step().at("by_status").at("200") == 200);
  std::set<std::string> ids;
  for (const auto& request : requests) ids.insert(text_of(request, "request_id"));
  CHECK(ids.size() == requests.size());
  CHECK(bench.side().at("tls").as_string().starts_with("TLSv1.3"));
  CHECK(validated(bench).code == 0);
  CHECK(validated(bench).err == "");
}

TEST_CASE("bench FILE: its rows are what is sent, over and over; those that the API would not take are left out") {
  Simulator simulator;
  BenchRun bench;
  const auto customers = make_customers(5);
  write_file(bench.dir.file("rows.csv"), to_csv(customers) + "no-uuid,x,1,2,3\n");
  bench.run(simulator.url(), {bench.dir.file("rows.csv"), "--requests", "12", "--warm-up", "0", "--connections", "2",
                              "--pipeline", "3"});
  CAPTURE(bench.finished.err);
  REQUIRE(bench.finished.code == 0);
  CHECK(says(bench.finished, "5 rows"));
  CHECK(says(bench.finished, "1 skipped"));
  CHECK(count_of(bench.step(), "requests") == 12);
  simulator.stop();
  CHECK(read_ndjson(simulator.request_log()).size() == 13);
  const auto state = read_ndjson(simulator.state());
  REQUIRE(state.size() == 5);
  for (const auto& customer : state) CHECK(text_of(customer, "name") != "x");
}

TEST_CASE("bench: credentials that are refused are used once, and the reason is told") {
  Simulator simulator({"--auth-fail-after", "1"});
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "1000/s", "--duration", "5s"});
  CHECK(bench.finished.code == 5);
  CHECK(says(bench.finished, "refuses the credentials"));
  simulator.stop();
  CHECK(requests_at(simulator) == 1);
  CHECK(validated(bench).code == 0);
}

TEST_CASE("bench: credentials that are refused in the middle end it") {
  Simulator simulator({"--auth-fail-after", "50"});
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "100/s", "--duration", "30s", "--warm-up", "0"});
  CHECK(bench.finished.code == 5);
  simulator.stop();
  CHECK(read_ndjson(simulator.request_log()).size() < 100);
  CHECK(count_of(bench.step(), "answered") >= 48);
}

TEST_CASE("bench: with nobody there it says so at once, and measures nothing") {
  BenchRun bench;
  bench.run(url_of_nobody(), {"--duration", "60s"});
  CHECK(bench.finished.code == 4);
  CHECK(says(bench.finished, "Connection refused"));
  CHECK(bench.result().at("sides").as_array().empty());
}

TEST_CASE("bench: another machine is not loaded without being owned, nor without its name being typed") {
  BenchRun bench;
  bench.run("https://gateway.wonder.today", {});
  CHECK(bench.finished.code == 2);
  CHECK(says(bench.finished, "send load to gateway.wonder.today"));
  CHECK(says(bench.finished, "--yes-i-own-this-api"));
  bench.run("https://gateway.wonder.today", {"--yes-i-own-this-api"});
  CHECK(bench.finished.code == 2);
  CHECK(says(bench.finished, "type its name"));
  bench.run("http://127.0.0.1:1", {"--versus", "url=https://gateway.wonder.today"});
  CHECK(bench.finished.code == 2);
  CHECK(says(bench.finished, "send load to gateway.wonder.today"));
}

TEST_CASE("bench: each of two hosts is to be owned and typed, and a file cannot say that they are owned") {
  BenchRun bench;
  bench.run("https://a.invalid", {"--versus", "url=https://gateway.wonder.today"});
  CHECK(says(bench.finished, "send load to a.invalid and gateway.wonder.today"));
  write_file(bench.dir.file("amend.toml"), "[bench]\nyes-i-own-this-api = true\n");
  bench.run("https://a.invalid", {"--config", bench.dir.file("amend.toml")});
  CHECK(bench.finished.code == 2);
  CHECK(says(bench.finished, "on the command line, with each command"));
}

TEST_CASE("bench: a server that drops requests is not made better by sending them again") {
  Simulator simulator({"--reset-share", "20%", "--latency", "5ms"});
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "200/s", "--duration", "1s", "--warm-up", "0", "--connections", "8"});
  simulator.stop();
  const auto requests = read_ndjson(simulator.request_log());
  std::uint64_t dropped = 0;
  for (const auto& request : requests) dropped += text_of(request, "fault").starts_with("reset") ? 1 : 0;
  const auto step = bench.step();
  CHECK(requests.size() == 1 + count_of(step, "requests") - count_of(step, "unsent"));
  // The one before the others may have been dropped too.
  CHECK(count_of(step, "unanswered") <= dropped);
  CHECK(count_of(step, "unanswered") + 1 >= dropped);
  CHECK(dropped >= 20);
}

TEST_CASE("bench: a server that goes away in the middle does not hold it up, and what it owed is told") {
  const auto answer_one = [](Peer& peer, std::string_view fields) {
    peer.expect(1);
    peer.send(answer(200, R"({"code":200})", fields));
  };
  // It answers ten requests, says that it closes, and is gone.
  auto server = std::make_unique<ScriptedServer>(std::vector<Script>{[&](Peer& peer) { answer_one(peer, ""); },
                                                                     [&](Peer& peer) {
                                                                       for (int i = 0; i < 9; ++i) answer_one(peer, "");
                                                                       answer_one(peer, "Connection: close\r\n");
                                                                     }});
  BenchRun bench;
  const std::string url = "http://127.0.0.1:" + server->port();
  Process process(bench.command(url, {"--duration", "2s", "--warm-up", "0", "--timeout", "1s", "--connections", "1",
                                      "--pipeline", "8"}),
                  bench.dir.file("out"), bench.dir.file("err"));
  REQUIRE(server->wait_until_closed(2));
  server.reset();
  REQUIRE(process.wait(limit) == 0);
  CHECK(count_of(bench.step(), "answered") >= 10);  // more when it accepted a third connection before it ended
  CHECK(count_of(bench.step(), "unanswered") >= 1);
}

TEST_CASE("bench: Ctrl-C while a server stands still does not make it look well") {
  Simulator simulator({"--stall", "50s/51s", "--latency", "5ms"});
  BenchRun bench;
  Process process(
      bench.command(simulator.url(), {"--rate", "50/s", "--duration", "60s", "--warm-up", "0", "--connections", "4"}),
      bench.dir.file("out"), bench.dir.file("err"));
  REQUIRE(wait_for_line(bench.dir.file("err"), "step 1 3.", limit));
  process.signal(SIGINT);
  process.signal(SIGTERM);  // do not wait either
  CHECK(process.wait(limit).has_value());
  const auto step = bench.step();
  CHECK(count_of(step, "requests") >= 150);
  CHECK(count_of(step, "unanswered") + count_of(step, "unsent") >= 80);
  CHECK(figure(step, "latency_ms", "max") >= 1'000);
}

TEST_CASE("bench --requests: so many are measured, those of the warm-up besides, and no more when none is answered") {
  Simulator simulator({"--hang-share", "100%"});
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "100/s", "--duration", "2s", "--requests", "50", "--timeout", "1s",
                              "--connections", "8", "--warm-up", "0"});
  CHECK(count_of(bench.step(), "requests") == 50);
  Simulator well;
  BenchRun after;
  after.run(well.url(), {"--rate", "100/s", "--duration", "2s", "--requests", "50", "--warm-up", "1s"});
  CHECK(count_of(after.step(), "answered") == 50);
  well.stop();
  CHECK(requests_at(well) == 151);
}

TEST_CASE("bench --versus: a side that fails is told from one that answers") {
  Simulator a, b({"--error-share", "500:100%"});
  BenchRun bench;
  bench.run(a.url(), {"--rate", "20/s", "--duration", "8s", "--turns", "8", "--warm-up", "0", "--versus",
                      "url=" + b.url(), "--connections", "4"});
  CAPTURE(bench.finished.err);
  REQUIRE(bench.finished.code == 0);
  const boost::json::object result = bench.result();
  const auto& good = result.at("comparison").at("figures").at(0).as_object();
  REQUIRE(good.at("figure") == "good answers/s");
  CHECK(good.at("b") == 0);
  CHECK(good.at("differ") == true);
  CHECK(validated(bench).code == 0);
}

TEST_CASE("bench --slo: an objective that is not kept is told, and exit 1; errors count by what they are") {
  Simulator simulator({"--error-share", "503:20%"});
  BenchRun bench;
  bench.run(simulator.url(), {"--rate", "200/s", "--duration", "1s", "--warm-up", "0", "--slo", "p99<10s,errors<1%"});
  CHECK(bench.finished.code == 1);
  CHECK(says(bench.finished, "not met: errors are"));
  const auto step = bench.step();
  CHECK(step.at("slo_kept") == false);
  simulator.stop();
  std::uint64_t errors = 0;
  for (const auto& request : read_ndjson(simulator.request_log()))
    errors += number_of(request, "status") == 503 ? 1 : 0;
  const auto first = count_of(step, "failed") + 1;  // the one before the others may have been one of them
  CHECK(errors <= first);
  CHECK(errors + 1 >= first);
  CHECK(count_of(step, "failed") == step.at("by_status").at("503").to_number<std::uint64_t>());
  CHECK(validated(bench).code == 0);
}

TEST_CASE("bench: connections that a server ends as it announced lose no request") {
  Simulator simulator({"--close-after", "7"});
  BenchRun bench;
  bench.run(simulator.url(), {"--requests", "300", "--warm-up", "0", "--connections", "3", "--pipeline", "4"});
  CAPTURE(bench.finished.err);
  CHECK(bench.finished.code == 0);
  CHECK(count_of(bench.step(), "answered") == 300);
  CHECK(count_of(bench.step(), "unanswered") == 0);
  CHECK(bench.side().at("connections").at(0).at("opened").to_number<int>() > 5);
}

TEST_CASE("bench: a server that never answers is measured by how long was waited for it") {
  Simulator simulator({"--hang-share", "30%"});
  BenchRun bench;
  bench.run(simulator.url(),
            {"--rate", "20/s", "--duration", "2s", "--warm-up", "0", "--timeout", "1s", "--connections", "40"});
  const auto step = bench.step();
  CHECK(count_of(step, "requests") == 40);
  CHECK(count_of(step, "unanswered") >= 1);
  CHECK(count_of(step, "unanswered") + count_of(step, "answered") + count_of(step, "unsent") == 40);
  CHECK(figure(step, "latency_ms", "max") >= 1'000);
  CHECK(says(bench.finished, "transport.timeout"));
}

TEST_CASE("bench: what no connection was free for until the end counts as never sent, with the time it waited") {
  Simulator simulator({"--hang-share", "100%"});
  BenchRun bench;
  bench.run(simulator.url(),
            {"--rate", "10/s", "--duration", "1s", "--warm-up", "0", "--timeout", "1s", "--connections", "1"});
  CHECK(bench.finished.code == 0);
  CHECK(says(bench.finished, "the first request did not succeed"));
  const auto step = bench.step();
  CHECK(count_of(step, "requests") == 10);
  CHECK(count_of(step, "unsent") >= 7);
  CHECK(step.at("late").at("by_connections").to_number<int>() >= 1);
}

TEST_CASE("bench: Ctrl-C ends it, and what was measured until then is told") {
  Simulator simulator;
  BenchRun bench;
  Process process(bench.command(simulator.url(), {"--rate", "100/s", "--duration", "60s", "--warm-up", "0"}),
                  bench.dir.file("out"), bench.dir.file("err"));
  REQUIRE(wait_until(
      [&] {
        simulator.write_down();
        return requests_at(simulator) > 50;
      },
      limit));
  process.signal(SIGINT);
  CHECK(process.wait(limit) == 130);
  CHECK(count_of(bench.step(), "answered") >= 50);
  CHECK(bench.result().at("exit_code") == 130);
  CHECK(bench.step().at("seconds").to_number<double>() < 59);
  CHECK(validated(bench).code == 0);
}

TEST_CASE("runs: a benchmark stands in the list, with the command that makes a page of it") {
  Simulator simulator;
  BenchRun bench;
  bench.run(simulator.url(), {"--requests", "5", "--warm-up", "0"});
  const Finished listed = run({AMEND_PROGRAM, "runs", bench.dir.path()});
  CHECK(listed.code == 0);
  CHECK(listed.out.find(", bench, measured\n") != std::string::npos);
  CHECK(listed.out.find("amend report " + bench.directory + "\n") != std::string::npos);
  CHECK(listed.out.find(simulator.url()) != std::string::npos);
}

TEST_CASE("bench --ramp: each step has its own figures") {
  Simulator simulator;
  BenchRun bench;
  bench.run(simulator.url(), {"--ramp", "20..60:20/s", "--step", "1s", "--warm-up", "0"});
  REQUIRE(bench.finished.code == 0);
  CHECK(bench.side().at("steps").as_array().size() == 3);
  CHECK(count_of(bench.step(0), "requests") == 20);
  CHECK(count_of(bench.step(2), "requests") == 60);
  CHECK(validated(bench).code == 0);
}

TEST_CASE("bench: a wrong setting is one error at the start, and nothing is sent") {
  Simulator simulator;
  class Wrong {
   public:
    std::vector<std::string> options;
    std::string says;
  };
  for (const Wrong& wrong :
       {Wrong{{"--rate", "auto"}, "--rate"}, Wrong{{"--find-max"}, "--slo"}, Wrong{{"--ramp", "10..5:1/s"}, "--ramp"},
        Wrong{{"--ramp", "1..1000:1/s"}, "--ramp"}, Wrong{{"--ramp", "1..5:1/s", "--rate", "5/s"}, "--ramp"},
        Wrong{{"--duration", "1ms"}, "--duration"}, Wrong{{"--versus", "slo=1"}, "--versus"},
        Wrong{{"--versus", "pipeline=0"}, "--versus pipeline"}, Wrong{{"--turns", "7"}, "--turns"},
        Wrong{{"--versus", "rate=auto"}, "--versus rate"},
        Wrong{{"--versus", "pipeline=2", "--slo", "p99<1s"}, "--slo"}, Wrong{{"--slo", "p99"}, "--slo"},
        Wrong{{"/nowhere.csv"}, "/nowhere.csv"}}) {
    CAPTURE(wrong.says);
    BenchRun bench;
    bench.run(simulator.url(), wrong.options);
    CHECK((bench.finished.code == 2 || bench.finished.code == 3));
    CHECK(says(bench.finished, wrong.says));
  }
  simulator.stop();
  CHECK(requests_at(simulator) == 0);
}

TEST_CASE("bench: signed requests are such as the API takes") {
  Simulator simulator(verifying_options());
  BenchRun bench;
  bench.run(simulator.url(), {"--app-id", app_id, "--private-key", certificates() + "/app.key", "--rate", "100/s",
                              "--duration", "1s", "--warm-up", "0"});
  CAPTURE(bench.finished.err);
  CHECK(bench.finished.code == 0);
  CHECK(bench.step().at("by_status").at("200") == 100);
  CHECK(says(bench.finished, "from the planned time"));
}

namespace {

// What an operator sees and types: `answer` is typed when the host's name is requested.
Finished in_terminal(const std::vector<std::string>& command, const std::string& answer) {
  std::vector<std::string> all{"/usr/bin/python3", "-c",
                               "import os, pty, sys\n"
                               "child, terminal = pty.fork()\n"
                               "if child == 0: os.execv(sys.argv[2], sys.argv[2:])\n"
                               "seen = b''\n"
                               "typed = False\n"
                               "while True:\n"
                               "  try: part = os.read(terminal, 4096)\n"
                               "  except OSError: break\n"
                               "  if not part: break\n"
                               "  seen += part\n"
                               "  if b'to continue: ' in seen and not typed:\n"
                               "    typed = True\n"
                               "    os.write(terminal, sys.argv[1].encode() + b'\\n')\n"
                               "sys.stderr.buffer.write(seen)\n"
                               "sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))",
                               answer};
  all.insert(all.end(), command.begin(), command.end());
  return run(all);
}

}  // namespace

TEST_CASE("bench: a host that is owned is loaded when its name is typed, and not when another is") {
  Simulator simulator({"--plain"});
  BenchRun bench;
  // An address of this machine that does not look like one.
  const std::string url = "http://127.1:" + simulator.port();
  const auto command = bench.command(
      url, {"--allow-http", "--yes-i-own-this-api", "--requests", "5", "--warm-up", "0", "--connections", "1"});
  const Finished refused = in_terminal(command, "127.0.0.1");
  CAPTURE(refused.err);
  CHECK(refused.code == 2);
  CHECK(says(refused, "amend sent nothing: you did not type the name of the host, 127.1"));
  simulator.write_down();
  CHECK(requests_at(simulator) == 0);
  const Finished loaded = in_terminal(command, "127.1");
  CAPTURE(loaded.err);
  CHECK(loaded.code == 0);
  simulator.stop();
  CHECK(requests_at(simulator) == 6);
}
