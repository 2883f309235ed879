// Through tinyproxy, as it comes with Debian.
#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>

#include "support/checker.hpp"
#include "support/run_files.hpp"
#include "support/scripted_server.hpp"
#include "support/simulator.hpp"

using namespace test;

namespace {

constexpr auto limit = Process::Seconds(60);

std::string tinyproxy_port() {
  const ScriptedServer server({});
  return server.port();
}

bool tinyproxy_is_installed() {
  if (std::filesystem::exists("/usr/bin/tinyproxy")) return true;
  std::puts("SKIPPED: tinyproxy is not installed (package tinyproxy)");
  return false;
}

class Tinyproxy {
 public:
  explicit Tinyproxy(const std::string& more = {}) : port(tinyproxy_port()) {
    write_file(dir.file("conf"), "Port " + port + "\nListen 127.0.0.1\nTimeout 60\nLogFile \"" + dir.file("log") +
                                     "\"\nLogLevel Info\nMaxClients 50\n" + more);
    process_ = std::make_unique<Process>(std::vector<std::string>{"/usr/bin/tinyproxy", "-d", "-c", dir.file("conf")},
                                         dir.file("out"), dir.file("err"));
    REQUIRE(wait_until(
        [this] {
          return read_file(dir.file("log")).find("Accepting connections") != std::string::npos ||
                 read_file(dir.file("out")).find("Accepting connections") != std::string::npos;
        },
        limit));
  }
  std::string url() const { return "http://127.0.0.1:" + port; }
  std::string log() const { return read_file(dir.file("log")) + read_file(dir.file("out")); }

  TempDir dir;
  std::string port;

 private:
  std::unique_ptr<Process> process_;
};

}  // namespace

TEST_CASE("proxy: 2,000 rows through tinyproxy, TLS to the server inside the tunnel, arrive as they are") {
  if (!tinyproxy_is_installed()) return;
  const Tinyproxy proxy;
  const auto customers = make_customers(2'000);
  const TempDir dir;
  write_file(dir.file("customers.csv"), to_csv(customers));
  Simulator simulator({"--close-after", "300"});
  const Finished finished =
      run(update_command(simulator.url(), dir.file("customers.csv"), dir.file("run"),
                         {"--rate", "unlimited", "--pipeline", "16", "--canary", "off", "--proxy", proxy.url()}));
  CHECK(finished.code == 0);
  simulator.stop();
  for (const auto& trouble : disagreements(customers, dir.file("run"), simulator, finished.code)) FAIL_CHECK(trouble);
  CHECK(proxy.log().find("CONNECT 127.0.0.1:" + simulator.port()) != std::string::npos);
}

TEST_CASE("proxy: one that may not connect there is a matter for a person, and said at once") {
  if (!tinyproxy_is_installed()) return;
  const Tinyproxy proxy("ConnectPort 443\n");
  const TempDir dir;
  write_file(dir.file("customers.csv"), to_csv(make_customers(3)));
  Simulator simulator;
  const Finished finished =
      run(update_command(simulator.url(), dir.file("customers.csv"), dir.file("run"), {"--proxy", proxy.url()}));
  CHECK(finished.code == 5);
  CHECK(finished.err.find("the proxy refuses the tunnel (HTTP 403)") != std::string::npos);
}
