// A real nginx before the simulator: it closes after 1,000 requests and executes none that was sent behind.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

#include "support/checker.hpp"
#include "support/run_files.hpp"

using namespace test;

namespace {

constexpr auto program = "/usr/sbin/nginx";

int free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(descriptor);
  REQUIRE(bound);
  return ntohs(address.sin_port);
}

// Everything nginx writes stays below `dir`; what is not set has its default, keepalive_requests above all.
std::string configuration(const std::string& dir, int port, const std::string& upstream) {
  return fmt::format(R"(daemon off;
worker_processes 1;
pid {0}/nginx.pid;
error_log {0}/error.log warn;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {0}/body;
  proxy_temp_path {0}/proxy;
  fastcgi_temp_path {0}/fastcgi;
  uwsgi_temp_path {0}/uwsgi;
  scgi_temp_path {0}/scgi;
  upstream simulator {{ server {2}; keepalive 16; }}
  server {{
    listen 127.0.0.1:{1} ssl;
    ssl_certificate {3}/server.pem;
    ssl_certificate_key {3}/server.key;
    location / {{
      proxy_pass http://simulator;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
    }}
  }}
}}
)",
                     dir, port, upstream, certificates());
}

}  // namespace

TEST_CASE("nginx: 20,000 pipelined rows through its TLS front all succeed, and the server holds the file") {
  if (!std::filesystem::exists(program)) {
    std::puts("SKIPPED: nginx is not installed (package nginx-light)");
    return;
  }
  const TempDir dir;
  const auto customers = make_customers(20'000);
  write_file(dir.file("customers.csv"), to_csv(customers));
  Simulator simulator({"--plain"});
  const int port = free_port();
  std::filesystem::create_directory(dir.file("nginx"));
  std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));  // its workers are another user
  write_file(dir.file("nginx.conf"),
             configuration(dir.file("nginx"), port, simulator.url().substr(std::string("http://").size())));
  Process nginx({program, "-c", dir.file("nginx.conf"), "-p", dir.file("nginx"), "-e", dir.file("nginx/error.log")},
                dir.file("nginx.out"), dir.file("nginx.err"));

  const auto finished =
      run(update_command(fmt::format("https://127.0.0.1:{}", port), dir.file("customers.csv"), dir.file("run"),
                         {"--rate", "unlimited", "--connections", "4", "--pipeline", "16"}));
  nginx.signal(SIGQUIT);
  CHECK(nginx.wait(Process::Seconds(30)) == 0);
  simulator.stop();
  CAPTURE(finished.err);
  CAPTURE(read_file(dir.file("nginx.err")));
  CAPTURE(read_file(dir.file("nginx/error.log")));
  CHECK(finished.code == 0);
  CHECK(count_status(dir.file("run"), "success") == customers.size());
  // Otherwise its limit was not met, and nothing was shown.
  const auto requests = read_json(dir.file("run") + "/summary.json").at("requests").as_object();
  CHECK(number_of(requests, "connections") >= 20);
  for (const auto& text : disagreements(customers, dir.file("run"), simulator, finished.code)) FAIL_CHECK(text);
}
