// trivial-server: a server of the customers API that is so cheap that the client is the limit. Every PUT of a customer
// is answered with 200 and about 625 bytes of JSON that name the uuid of the path; nothing is kept or checked.
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>

#include "server.hpp"
#include "sim/option_values.hpp"

namespace {

class Options {
 public:
  std::uint16_t port = 0;
  std::string certificate;
  std::string key;
  bool plain = false;
  bool show_body = false;
  bool die_with_parent = false;
  std::string hold = "0";
  std::string max_runtime = "10m";
  std::string count_file;
};

void add_options(CLI::App& app, Options& o) {
  app.add_option("--port", o.port, "Port; 0: any free one, see the line printed")->capture_default_str();
  app.add_option("--cert", o.certificate, "PEM certificate chain")->type_name("FILE");
  app.add_option("--key", o.key, "PEM key of the certificate")->type_name("FILE");
  app.add_flag("--plain", o.plain, "http instead of https");
  app.add_option("--hold", o.hold, "Keep each answer back until so long after its request arrived; all overlap")
      ->type_name("TIME");
  app.add_option("--max-runtime", o.max_runtime, "End after so long")->type_name("TIME")->capture_default_str();
  app.add_flag("--die-with-parent", o.die_with_parent, "End as by SIGTERM when the starting process ends");
  app.add_option("--count-file", o.count_file, "At the end: what was answered, a name and a number a line")
      ->type_name("FILE");
  app.add_flag("--show-body", o.show_body, "Only print the body of an answer, with $id for the uuid");
}

std::int64_t nanoseconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

void write_counts(const std::string& path, const bench::Totals& totals) {
  std::ofstream file(path);
  file << fmt::format(
      "requests {}\nconnections {}\nmalformed {}\nfirst_request_ns {}\nlast_request_ns {}\ncpu_seconds {:.6f}\n",
      totals.requests, totals.connections, totals.malformed, nanoseconds(totals.first_request),
      nanoseconds(totals.last_request), cpu_seconds());
  if (!file.flush()) throw std::runtime_error(path + ": cannot be written");
}

void block_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
}

void follow_parent(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) throw std::runtime_error("--die-with-parent: the parent is gone");
}

void run(const Options& o, pid_t parent) {
  block_signals();
  if (o.die_with_parent) follow_parent(parent);
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls(nullptr, SSL_CTX_free);
  if (!o.plain) tls = bench::make_tls(o.certificate, o.key);
  bench::Server server(o.port, tls.get(), amend::sim::parse_duration(o.hold));
  fmt::print("listening {}://127.0.0.1:{}\n", o.plain ? "http" : "https", server.port());
  std::fflush(stdout);
  server.run(amend::sim::parse_duration(o.max_runtime));
  if (!o.count_file.empty()) write_counts(o.count_file, server.totals());
}

}  // namespace

int main(int argc, char** argv) {
  const pid_t parent = ::getppid();
  CLI::App app("Answers every PUT of a customer with 200, as cheaply as can be");
  Options options;
  add_options(app, options);
  CLI11_PARSE(app, argc, argv);
  try {
    if (options.show_body) {
      fmt::print("{}\n", bench::Answers::body("$id"));
    } else {
      run(options, parent);
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "trivial-server: {}\n", error.what());
    return 2;
  }
  return 0;
}
