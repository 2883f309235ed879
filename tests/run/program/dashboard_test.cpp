// The page of an active run, as a browser requests it. tests/browser has the same in a real browser.
#include <doctest/doctest.h>
#include <signal.h>

#include <boost/json/parse.hpp>
#include <filesystem>

#include "client.hpp"
#include "fixture.hpp"
#include "ground.hpp"

using namespace test;

namespace {

class Address {
 public:
  Address() = default;
  // "dashboard at http://127.0.0.1:8080/<token>/"
  explicit Address(const std::string& line) {
    const std::string start = "dashboard at http://127.0.0.1:";
    REQUIRE(line.starts_with(start));
    REQUIRE(line.ends_with("/"));
    const std::size_t slash = line.find('/', start.size());
    port = static_cast<std::uint16_t>(std::stoi(line.substr(start.size(), slash - start.size())));
    token = line.substr(slash + 1, line.size() - slash - 2);
    CHECK(token.size() == 32);
  }
  std::string get(const std::string& path) const {
    return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(port) + "\r\nConnection: close\r\n\r\n";
  }
  std::string ask(const std::string& request) const {
    const Client client = Client::of_port(port);
    client.send(request);
    return client.receive();
  }
  std::string page() const { return "/" + token + "/"; }
  Client follow() const {
    Client client = Client::of_port(port);
    client.send(get(page() + "events"));
    return client;
  }

  std::uint16_t port = 0;
  std::string token;
};

// A run with a page, slow enough to be looked at.
class Watched : public Interrupted {
 public:
  explicit Watched(const std::vector<std::string>& options = {"--dashboard", "127.0.0.1:0"},
                   const std::vector<std::string>& faults = {"--latency", "200ms"})
      : Interrupted(faults, options) {
    const auto line = wait_for_line(work.dir.file("err"), "dashboard at ", limit);
    REQUIRE(line);
    at = Address(*line);
  }
  void finish() {
    process->signal(SIGTERM);
    CHECK(process->wait(limit) == 143);
  }

  Address at;
};

bool has_field(const std::string& answer, const std::string& field) {
  return answer.substr(0, answer.find("\r\n\r\n")).find("\r\n" + field) != std::string::npos;
}

/// The last event of a stream, as its script gets it.
class LastEvent {
 public:
  explicit LastEvent(const std::string& stream) {
    const auto from = stream.rfind("event: ");
    REQUIRE(from != std::string::npos);
    const auto data = stream.find("\ndata: ", from);
    name = stream.substr(from + 7, data - from - 7);
    const auto end = stream.find("\n\n", data);
    REQUIRE(end == stream.size() - 2);
    members = boost::json::parse(stream.substr(data + 7, end - data - 7)).as_object();
  }
  /// -1: it is not there.
  std::int64_t total(const std::string& status) const {
    const std::string main = text_of(members, "main");
    const std::string start = "data-total=\"" + status + "\" data-value=\"";
    const std::size_t at = main.find(start);
    return at == std::string::npos ? -1 : std::stoll(main.substr(at + start.size()));
  }

  std::string name;
  boost::json::object members;
};

}  // namespace

TEST_CASE(
    "--dashboard: who knows the address sees the page, which asks for nothing from elsewhere and is kept nowhere") {
  Watched watched;
  const std::string page = watched.at.ask(watched.at.get(watched.at.page()));
  CHECK(page.starts_with("HTTP/1.1 200 "));
  CHECK(has_field(page, "Content-Type: text/html; charset=utf-8"));
  CHECK(has_field(page, "Cache-Control: no-store"));
  CHECK(has_field(page, "Referrer-Policy: no-referrer"));
  CHECK(has_field(page, "X-Content-Type-Options: nosniff"));
  CHECK(has_field(page, "Content-Security-Policy: default-src 'none'; script-src 'nonce-"));
  CHECK_FALSE(has_field(page, "Access-Control-"));
  CHECK(page.find("<main>") != std::string::npos);
  CHECK(page.find("data-total=\"success\"") != std::string::npos);
  const std::string shorter = watched.at.ask(watched.at.get("/" + watched.at.token));
  CHECK(shorter.starts_with("HTTP/1.1 308 "));
  CHECK(has_field(shorter, "Location: " + watched.at.page()));
  watched.finish();
  for (const std::string file : {"run.json", "summary.json", "results.ndjson"})
    CHECK(read_file(watched.work.file(file)).find(watched.at.token) == std::string::npos);
}

TEST_CASE("--dashboard: another token, another method, another Host, what is no request") {
  Watched watched;
  const Address& at = watched.at;
  for (const std::string& path :
       {std::string("/"), std::string("/favicon.ico"), "/" + std::string(32, 'a') + "/", at.page() + "x"})
    CHECK(at.ask(at.get(path)).starts_with("HTTP/1.1 404 "));
  const std::string here = "Host: 127.0.0.1:" + std::to_string(at.port) + "\r\n";
  const std::string post = at.ask("POST " + at.page() + " HTTP/1.1\r\n" + here + "Content-Length: 3\r\n\r\nx=1");
  CHECK(post.starts_with("HTTP/1.1 405 "));
  CHECK(has_field(post, "Allow: GET"));
  CHECK(at.ask("HEAD " + at.page() + "events HTTP/1.1\r\nConnection: close\r\n" + here + "\r\n")
            .starts_with("HTTP/1.1 405 "));
  const std::string line = "GET " + at.page() + " HTTP/1.1\r\nConnection: close\r\n";
  CHECK(at.ask(line + "Host: evil.example:" + std::to_string(at.port) + "\r\n\r\n").starts_with("HTTP/1.1 403 "));
  CHECK(at.ask(line + "\r\n").starts_with("HTTP/1.1 403 "));
  CHECK(at.ask(line + here + here + "\r\n").find(" 200 ") == std::string::npos);
  CHECK(at.ask("nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  CHECK(at.ask(line + here + "X: " + std::string(9'000, 'x') + "\r\n\r\n").find(" 200 ") == std::string::npos);
  watched.finish();
}

TEST_CASE("--dashboard: the numbers move, and the last ones are those of summary.json") {
  const Work work(rows(2'000));
  Simulator simulator({"--error-share", "404:5%"});
  Process process(update_command(simulator.url(), work.input, work.directory,
                                 {"--canary", "off", "--rate", "50/s", "--dashboard", "127.0.0.1:0"}),
                  work.dir.file("out"), work.dir.file("err"));
  const auto line = wait_for_line(work.dir.file("err"), "dashboard at ", limit);
  REQUIRE(line);
  const Client client = Address(*line).follow();
  const LastEvent first(client.receive("\n\n"));
  CHECK(first.name == "update");
  CHECK(run({AMEND_PROGRAM, "control", work.directory, "rate", "unlimited"}).code == 0);
  const LastEvent last(client.receive());
  const auto code = process.wait(limit);
  CHECK(last.name == "ended");
  const auto rows = work.summary().at("rows").as_object();
  for (const std::string status : {"success", "failed", "unknown", "rejected", "unsent"})
    CHECK(last.total(status) == number_of(rows, status));
  CHECK(last.total("success") > first.total("success"));
  CHECK(text_of(last.members, "said").find("(exit code " + std::to_string(code.value_or(-1)) + ")") !=
        std::string::npos);
}

TEST_CASE("--dashboard: a run that is stopped says so on the page, and with what exit code") {
  Watched watched;
  const Client client = watched.at.follow();
  CHECK(client.receive("\n\n").find("event: update") != std::string::npos);
  watched.finish();
  const LastEvent last(client.receive());
  CHECK(last.name == "ended");
  CHECK(text_of(last.members, "said").starts_with("stopped early (exit code 143)"));
}

TEST_CASE("--dashboard: pages that stay open, and clients that say or read nothing, never hold the end of the run up") {
  Watched watched;
  std::vector<Client> all;
  for (int i = 0; i < 16; ++i) all.push_back(watched.at.follow());
  for (const Client& client : all) CHECK(client.receive("\n\n").find("event: update") != std::string::npos);
  for (int i = 0; i < 20; ++i) all.push_back(Client::of_port(watched.at.port));
  watched.process->signal(SIGTERM);
  CHECK(watched.process->wait(limit) == 143);
  for (int i = 0; i < 16; ++i)
    CHECK(all[static_cast<std::size_t>(i)].receive().find("event: ended") != std::string::npos);
}

TEST_CASE("--dashboard: a seventeenth page is told that it is one too many, until another leaves") {
  Watched watched;
  std::vector<Client> pages;
  for (int i = 0; i < 16; ++i) pages.push_back(watched.at.follow());
  for (const Client& page : pages) CHECK(page.receive("\n\n").find("event: update") != std::string::npos);
  CHECK(watched.at.ask(watched.at.get(watched.at.page() + "events")).starts_with("HTTP/1.1 503 "));
  CHECK(watched.at.ask(watched.at.get(watched.at.page())).starts_with("HTTP/1.1 200 "));
  pages.pop_back();
  REQUIRE(wait_until([&] { return watched.at.follow().receive("\n\n").find("event: update") != std::string::npos; },
                     limit));
  watched.finish();
}

TEST_CASE("--dashboard: the commands that send have it; its address is said with --quiet too") {
  Watched watched({"--dashboard", "localhost:0", "--quiet"}, {"--latency", "20ms"});
  watched.wait_for_results(20);
  watched.finish();
  const Finished resumed = run({AMEND_PROGRAM, "resume", watched.work.directory, "--progress", "none", "--dashboard",
                                "[::1]:0", "--rate", "unlimited"});
  CAPTURE(resumed.err);
  CHECK(resumed.code == 0);
  CHECK(says(resumed, "dashboard at http://[::1]:"));
  CHECK_FALSE(says(resumed, watched.at.token));
}

TEST_CASE("--dashboard: a reconciliation, its undo and a retry have it too") {
  Ground ground;
  const std::vector<std::string> options{"--dashboard", "127.0.0.1:0"};
  const Finished applied = ground.reconcile(export_of(changed_people()), "run",
                                            {"--apply", "--canary", "off", "--dashboard", "127.0.0.1:0"});
  CAPTURE(applied.err);
  CHECK(says(applied, "dashboard at http://127.0.0.1:"));
  CHECK(says(ground.command("undo", ground.directory("run"), "undone", options), "dashboard at http://127.0.0.1:"));

  const Work work(rows(20));
  const Finished sent = work.update(ground.simulator->url());
  REQUIRE(sent.code == 1);  // the server does not know them
  CHECK(says(run({AMEND_PROGRAM, "retry", work.directory, "--progress", "none", "--dashboard", "127.0.0.1:0"}),
             "dashboard at http://127.0.0.1:"));
}

TEST_CASE("--dashboard: what cannot be had is refused before anything is sent or created") {
  const Work work(rows(5));
  Simulator simulator;
  for (const std::string& value :
       {std::string("0.0.0.0:0"), std::string("192.0.2.1:8080"), std::string("example.com:8080"), std::string("8080"),
        "127.0.0.1:" + simulator.port()}) {
    const Finished finished = work.update(simulator.url(), {"--dashboard", value});
    CAPTURE(value);
    CAPTURE(finished.err);
    CHECK(finished.code == 2);
    CHECK(says(finished, "amend: --dashboard"));
    CHECK_FALSE(std::filesystem::exists(work.directory));
  }
  simulator.stop();
  CHECK(requests_at(simulator) == 0);
}

// A port that another program already uses.
TEST_CASE(
    "--dashboard, --metrics-listen: a reconciliation is refused before it reads, an undo before it marks its run") {
  Ground ground;
  CHECK(ground.reconcile(export_of(changed_people()), "run", {"--apply", "--canary", "off"}).code == 1);
  const std::size_t reads = ground.requests("GET");
  const std::size_t writes = ground.requests("PUT");
  const std::string used = "127.0.0.1:" + ground.simulator->port();
  for (const std::string option : {"--dashboard", "--metrics-listen"}) {
    CAPTURE(option);
    const Finished applied =
        ground.reconcile(export_of(changed_people()), "again", {"--apply", "--canary", "off", option, used});
    const Finished undone = ground.command("undo", ground.directory("run"), "undone", {option, used});
    for (const Finished& refused : {applied, undone}) {
      CAPTURE(refused.err);
      CHECK(refused.code == 2);
      CHECK(says(refused, "amend: " + option));
    }
    CHECK_FALSE(std::filesystem::exists(ground.directory("again")));
    CHECK_FALSE(std::filesystem::exists(ground.directory("undone")));
    CHECK_FALSE(std::filesystem::exists(ground.directory("run") + "/undone"));
  }
  CHECK(ground.requests("GET") == reads);
  CHECK(ground.requests("PUT") == writes);
}

TEST_CASE("--dashboard, --metrics-listen, --metrics-file: refused where nothing would be sent") {
  Ground ground;
  for (const auto& [option, value] : {std::pair<std::string, std::string>{"--dashboard", "127.0.0.1:0"},
                                      {"--metrics-listen", "127.0.0.1:0"},
                                      {"--metrics-file", ground.dir.file("amend.prom")}}) {
    CAPTURE(option);
    const Finished refused = ground.reconcile(export_of(changed_people()), "run", {option, value});
    CAPTURE(refused.err);
    CHECK(refused.code == 2);
    CHECK(says(refused, "amend: " + option + " needs --apply"));
    CHECK_FALSE(std::filesystem::exists(ground.directory("run")));
  }
  CHECK(ground.requests("GET") == 0);
}
