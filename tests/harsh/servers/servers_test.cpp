// Real web servers before the simulator, with their defaults: whatever they do to pipelined requests, every row
// succeeds.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "support/checker.hpp"
#include "support/run_files.hpp"

using namespace test;

namespace {

constexpr std::size_t rows_each = 20'000;

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

/// Where a server listens, what it passes requests on to, and where it may write.
class Place {
 public:
  std::string dir;
  int port = 0;
  std::string upstream;  // host:port
};

// What is not set has its default: nginx closes after 1,000 requests, Apache after 100.
std::string nginx_conf(const Place& at) {
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
                     at.dir, at.port, at.upstream, certificates());
}

std::string apache_conf(const Place& at) {
  std::string modules;
  for (const char* name : {"mpm_event", "authz_core", "socache_shmcb", "ssl", "proxy", "proxy_http"})
    modules += fmt::format("LoadModule {0}_module /usr/lib/apache2/modules/mod_{0}.so\n", name);
  const char* user = ::geteuid() == 0 ? "User www-data\nGroup www-data\n" : "";
  return fmt::format(R"({4}ServerRoot {0}
ServerName localhost
DefaultRuntimeDir {0}
PidFile {0}/apache.pid
ErrorLog {0}/error.log
Mutex file:{0} default
{5}Listen 127.0.0.1:{1}
<VirtualHost 127.0.0.1:{1}>
  SSLEngine on
  SSLCertificateFile {3}/server.pem
  SSLCertificateKeyFile {3}/server.key
  ProxyPreserveHost on
  ProxyPass / http://{2}/
</VirtualHost>
)",
                     at.dir, at.port, at.upstream, certificates(), modules, user);
}

std::string haproxy_conf(const Place& at) {
  write_file(at.dir + "/both.pem",
             read_file(certificates() + "/server.pem") + read_file(certificates() + "/server.key"));
  return fmt::format(R"(defaults
  mode http
  timeout connect 5s
  timeout client 50s
  timeout server 50s
frontend api
  bind 127.0.0.1:{1} ssl crt {0}/both.pem
  default_backend simulator
backend simulator
  server simulator {2}
)",
                     at.dir, at.port, at.upstream);
}

std::string h2o_conf(const Place& at) {
  const char* user = ::geteuid() == 0 ? "user: www-data\n" : "";
  return fmt::format(R"({4}num-threads: 1
pid-file: {0}/h2o.pid
error-log: {0}/error.log
listen:
  host: 127.0.0.1
  port: {1}
  ssl:
    certificate-file: {3}/server.pem
    key-file: {3}/server.key
hosts:
  default:
    paths:
      "/":
        proxy.preserve-host: ON
        proxy.reverse.url: http://{2}/
)",
                     at.dir, at.port, at.upstream, certificates(), user);
}

class Kind {
 public:
  const char* name;
  const char* package;
  const char* program;
  std::string (*configuration)(const Place&);
  std::vector<std::string> (*command)(const char* program, const std::string& conf, const std::string& dir);
  int quit;
};

const Kind nginx{"nginx",
                 "nginx-light",
                 "/usr/sbin/nginx",
                 nginx_conf,
                 [](const char* program, const std::string& conf, const std::string& dir) {
                   return std::vector<std::string>{program, "-c", conf, "-p", dir, "-e", dir + "/error.log"};
                 },
                 SIGQUIT};
const Kind apache{"Apache httpd",
                  "apache2-bin",
                  "/usr/sbin/apache2",
                  apache_conf,
                  [](const char* program, const std::string& conf, const std::string&) {
                    return std::vector<std::string>{program, "-f", conf, "-DFOREGROUND"};
                  },
                  SIGTERM};
const Kind haproxy{"HAProxy",
                   "haproxy",
                   "/usr/sbin/haproxy",
                   haproxy_conf,
                   [](const char* program, const std::string& conf, const std::string&) {
                     return std::vector<std::string>{program, "-db", "-f", conf};
                   },
                   SIGTERM};
const Kind h2o{"h2o",
               "h2o",
               "/usr/bin/h2o",
               h2o_conf,
               [](const char* program, const std::string& conf, const std::string&) {
                 return std::vector<std::string>{program, "-m", "worker", "-c", conf};
               },
               SIGTERM};

bool is_installed(const Kind& kind) {
  if (std::filesystem::exists(kind.program)) return true;
  std::printf("SKIPPED: %s is not installed (package %s)\n", kind.name, kind.package);
  return false;
}

/// A server of that kind before the simulator, and 20,000 rows to be sent through it.
class Front {
 public:
  explicit Front(const Kind& kind) : customers(make_customers(rows_each)), simulator({"--plain"}), kind_(kind) {
    write_file(dir.file("customers.csv"), to_csv(customers));
    Place at;
    at.dir = dir.file("server");
    at.port = free_port();
    at.upstream = simulator.url().substr(std::string("http://").size());
    std::filesystem::create_directory(at.dir);
    std::filesystem::permissions(dir.path(), std::filesystem::perms(0755));  // its workers are another user
    std::filesystem::permissions(at.dir, std::filesystem::perms(0777));
    write_file(dir.file("server.conf"), kind.configuration(at));
    url_ = fmt::format("https://127.0.0.1:{}", at.port);
    server = std::make_unique<Process>(kind.command(kind.program, dir.file("server.conf"), at.dir),
                                       dir.file("server.out"), dir.file("server.err"));
  }

  std::vector<std::string> update_command(const std::string& rate, int depth) const {
    return test::update_command(
        url_, dir.file("customers.csv"), dir.file("run"),
        {"--rate", rate, "--connections", "4", "--pipeline", std::to_string(depth), "--json", "--max-attempts", "20"});
  }

  void check(const Finished& finished) {
    server->signal(kind_.quit);
    CHECK(server->wait(Process::Seconds(30)));
    simulator.stop();
    CAPTURE(finished.err);
    CAPTURE(read_file(dir.file("server.err")));
    CAPTURE(read_file(dir.file("server/error.log")));
    CHECK(finished.code == 0);
    CHECK(count_status(dir.file("run"), "success") == customers.size());
    for (const auto& text : disagreements(customers, dir.file("run"), simulator, finished.code)) FAIL_CHECK(text);
  }

  std::int64_t connections() const {
    return number_of(read_json(dir.file("run") + "/summary.json").at("requests").as_object(), "connections");
  }

  TempDir dir;
  std::vector<Customer> customers;
  Simulator simulator;
  std::unique_ptr<Process> server;

 private:
  const Kind& kind_;
  std::string url_;
};

// `connections_least`: fewer, and the limit of the server was not met: nothing was shown.
void check_all_succeed(const Kind& kind, int depth, std::int64_t connections_least) {
  CAPTURE(depth);
  if (!is_installed(kind)) return;
  Front front(kind);
  front.check(run(front.update_command("unlimited", depth)));
  CHECK(front.connections() >= connections_least);
}

}  // namespace

TEST_CASE("nginx: 20,000 pipelined rows through its TLS front all succeed, and the server holds the file") {
  for (const int depth : {16, 64}) check_all_succeed(nginx, depth, 20);
}

TEST_CASE("Apache httpd: 20,000 pipelined rows through its TLS front all succeed, and the server holds the file") {
  for (const int depth : {16, 64}) check_all_succeed(apache, depth, 150);
}

TEST_CASE("HAProxy: 20,000 pipelined rows through its TLS front all succeed, and the server holds the file") {
  for (const int depth : {16, 64}) check_all_succeed(haproxy, depth, 4);
}

TEST_CASE("h2o: 20,000 pipelined rows through its TLS front all succeed, and the server holds the file") {
  for (const int depth : {16, 64}) check_all_succeed(h2o, depth, 4);
}

TEST_CASE("nginx: that reloads its configuration every 2 s, while 20,000 rows go through it: all succeed") {
  if (!is_installed(nginx)) return;
  for (const int depth : {16, 64}) {
    CAPTURE(depth);
    Front front(nginx);
    Process update(front.update_command("2500/s", depth), front.dir.file("out"), front.dir.file("err"));
    REQUIRE(wait_for_lines(front.dir.file("run") + "/results.ndjson", 1, Process::Seconds(30)));
    std::optional<int> code;
    int reloads = 0;
    for (; !code && reloads < 60; ++reloads) {
      front.server->signal(SIGHUP);
      code = update.wait(Process::Seconds(2));
    }
    CHECK(reloads >= 3);
    Finished finished;
    finished.code = code.value_or(-1);
    finished.err = read_file(front.dir.file("err"));
    front.check(finished);
  }
}
