// What Prometheus reads of a run: the file that is replaced, and the endpoint.
#include <doctest/doctest.h>
#include <signal.h>

#include <boost/json/parse.hpp>
#include <filesystem>

#include "client.hpp"
#include "fixture.hpp"
#include "support/prometheus.hpp"

using namespace test;

namespace {

void check_well_formed(const Exposition& exposition) {
  for (const auto& fault : exposition.faults) FAIL_CHECK(fault);
}

// A run with an endpoint, slow enough to be asked.
class Scraped : public Interrupted {
 public:
  Scraped() : Interrupted({"--latency", "200ms"}, {"--metrics-listen", "127.0.0.1:0"}) {
    const auto line = wait_for_line(work.dir.file("err"), "metrics at http://127.0.0.1:", limit);
    REQUIRE(line);
    port = static_cast<std::uint16_t>(std::stoi(line->substr(line->rfind(':') + 1)));
  }
  std::string ask(const std::string& request) const {
    const Client client = Client::of_port(port);
    client.send(request);
    return client.receive();
  }
  void finish() {
    process->signal(SIGTERM);
    CHECK(process->wait(limit) == 143);
  }

  std::uint16_t port = 0;
};

std::string get(const std::string& path) { return "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"; }

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

}  // namespace

TEST_CASE("--metrics-file: complete at every moment, and at the end it holds every row") {
  const Work work(rows(300) + std::string(some_id) + ",A,,,,\n");
  Simulator simulator({"--latency", "5ms"});
  const std::string file = work.dir.file("amend.prom");
  Process process(work.command(simulator.url(), {"--metrics-file", file}), work.dir.file("out"), work.dir.file("err"));
  std::size_t looks = 0;
  REQUIRE(wait_until(
      [&] {
        if (std::filesystem::exists(file)) {
          check_well_formed(parse_exposition(read_file(file)));
          ++looks;
        }
        return process.wait(Process::Seconds(0)).has_value();
      },
      limit));
  CHECK(process.wait(limit) == 1);
  CHECK(looks > 0);
  const Exposition last = parse_exposition(read_file(file));
  check_well_formed(last);
  CHECK(last.value("amend_rows_total{status=\"success\"}") == 300);
  CHECK(last.value("amend_rows_total{status=\"rejected\"}") == 1);
  CHECK(last.value("amend_requests_in_flight") == 0);
  std::size_t files_like_it = 0;
  for (const auto& entry : std::filesystem::directory_iterator(work.dir.path()))
    files_like_it += entry.path().filename().string().starts_with("amend.prom");
  CHECK(files_like_it == 1);
}

TEST_CASE("--metrics-file: a resumed run writes it too, the rows before included") {
  Interrupted stopped({"--latency", "20ms"});
  stopped.wait_for_results(20);
  stopped.process->signal(SIGKILL);
  REQUIRE(stopped.process->wait(limit));
  const std::string file = stopped.work.dir.file("amend.prom");
  const Finished resumed =
      run({AMEND_PROGRAM, "resume", stopped.work.directory, "--progress", "none", "--metrics-file", file});
  CAPTURE(resumed.err);
  CHECK(resumed.code == 0);
  CHECK(parse_exposition(read_file(file)).value("amend_rows_total{status=\"success\"}") ==
        static_cast<double>(stopped.customers.size()));
}

TEST_CASE("--metrics-file: what cannot be written is said once, and stops nothing") {
  Interrupted running({"--latency", "20ms"}, {"--metrics-file", "metrics/amend.prom"},
                      "cd \"$(dirname \"$3\")\"; mkdir metrics;");
  REQUIRE(wait_until([&] { return std::filesystem::exists(running.work.dir.file("metrics/amend.prom")); }, limit));
  std::filesystem::remove_all(running.work.dir.file("metrics"));
  CHECK(running.process->wait(limit) == 0);
  const std::string err = read_file(running.work.dir.file("err"));
  const auto at = err.find("--metrics-file metrics/amend.prom: ");
  REQUIRE(at != std::string::npos);
  CHECK(err.find("--metrics-file", at + 1) == std::string::npos);
}

TEST_CASE("--metrics-file, --metrics-listen: what cannot be had is refused before anything is sent or created") {
  const Work work(rows(5));
  Simulator simulator;
  const auto refused = [&](const std::string& option, const std::string& value) {
    const Finished finished = work.update(simulator.url(), {option, value});
    CAPTURE(value);
    CAPTURE(finished.err);
    CHECK(finished.code == 2);
    CHECK(says(finished, "amend: " + option));
    CHECK_FALSE(std::filesystem::exists(work.directory));
  };
  refused("--metrics-file", work.dir.file("none/amend.prom"));
  refused("--metrics-file", work.dir.path());
  refused("--metrics-file", "/dev/null");
  refused("--metrics-listen", "0.0.0.0:0");
  refused("--metrics-listen", "192.0.2.1:9464");
  refused("--metrics-listen", "example.com:9464");
  refused("--metrics-listen", "9464");
  refused("--metrics-listen", "127.0.0.1:70000");
  refused("--metrics-listen", "127.0.0.1:" + simulator.port());  // in use
  simulator.stop();
  CHECK(requests_at(simulator) == 0);
}

TEST_CASE("--metrics-listen: GET and HEAD of /metrics, and nothing else") {
  Scraped scraped;
  const std::string answer = scraped.ask(get("/metrics"));
  CHECK(answer.starts_with("HTTP/1.1 200 "));
  CHECK(answer.find("Content-Type: text/plain; version=0.0.4") != std::string::npos);
  check_well_formed(parse_exposition(body_of(answer)));
  CHECK(parse_exposition(body_of(answer)).value("amend_connections_max") == 4);
  CHECK(scraped.ask(get("/metrics?name=x")).starts_with("HTTP/1.1 200 "));
  const std::string head = scraped.ask("HEAD /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200 "));
  CHECK(head.find("Content-Length: 0") == std::string::npos);
  CHECK(body_of(head).empty());
  for (const std::string path : {"/", "/metrics/", "/metric", "/../metrics", "http://x/metrics"})
    CHECK(scraped.ask(get(path)).starts_with("HTTP/1.1 404 "));
  const std::string post = scraped.ask("POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nx=1");
  CHECK(post.starts_with("HTTP/1.1 405 "));
  CHECK(post.find("Allow: GET, HEAD") != std::string::npos);
  CHECK(scraped.ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(scraped.ask("GET /metrics HTTP/1.1\r\nX: " + std::string(9'000, 'x') + "\r\n\r\n").find("200 OK") ==
        std::string::npos);
  scraped.finish();
}

TEST_CASE("--metrics-listen: a connection serves several requests, at most a hundred") {
  Scraped scraped;
  const Client client = Client::of_port(scraped.port);
  const std::string request = "HEAD /metrics HTTP/1.1\r\nHost: x\r\n\r\n";
  int answered = 0;
  for (; answered < 200; ++answered) {
    std::string answer;
    try {
      client.send(request);
      answer = client.receive("\r\n\r\n");
    } catch (const std::runtime_error&) {
    }
    if (!answer.starts_with("HTTP/1.1 200 ")) break;
  }
  CHECK(answered == 100);
  scraped.finish();
}

TEST_CASE(
    "--metrics-listen: clients that say nothing delay others only for a while, and the end of the run not at all") {
  Scraped scraped;
  std::vector<Client> silent;
  for (int i = 0; i < 16; ++i) silent.push_back(Client::of_port(scraped.port));
  CHECK(scraped.ask(get("/metrics")).starts_with("HTTP/1.1 200 "));  // when one of them has been let go
  for (int i = 0; i < 20; ++i) silent.push_back(Client::of_port(scraped.port));
  scraped.finish();
}
