#include "cli/command/bench.hpp"

#include <fmt/format.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <thread>

#include "amend/run/run_directory.hpp"
#include "amend/wonder/secret_file.hpp"
#include "cli/option/option_table.hpp"
#include "cli/text/bench_text.hpp"
#include "cli/text/next_command.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "cli/text/terminal.hpp"
#include "queue/start_thread.hpp"
#include "row/shell_path.hpp"
#include "run/run_place.hpp"
#include "transport/target.hpp"

namespace amend::cli {
namespace {

/// Shows the progress each second, and ends the benchmark on SIGINT, SIGTERM and SIGHUP. It needs HeldSignals.
class BenchWatch {
 public:
  BenchWatch(Benchmark& benchmark, const Options& options)
      : benchmark_(benchmark), quiet_(options.quiet), thread_(start_watch()) {}
  ~BenchWatch() {
    ended_ = true;
    ::pthread_kill(thread_.native_handle(), SIGUSR1);  // one of the held signals: it only wakes
    thread_.join();
  }
  BenchWatch(const BenchWatch&) = delete;
  BenchWatch& operator=(const BenchWatch&) = delete;

 private:
  std::jthread start_watch() {
    write_messages_aside();
    return start_thread([this] { watch(); });
  }

  void watch() {
    sigset_t signals;
    ::pthread_sigmask(SIG_BLOCK, nullptr, &signals);
    for (const int other : {SIGALRM, SIGCHLD, SIGPIPE}) ::sigdelset(&signals, other);
    const timespec second{1, 0};
    while (!ended_) {
      const int signal = ::sigtimedwait(&signals, nullptr, &second);
      if (ended_) return;
      if (signal == SIGINT) benchmark_.stop(StopCause::interrupted);
      if (signal == SIGTERM || signal == SIGHUP) benchmark_.stop(StopCause::terminated);
      if (signal < 0 && errno == EAGAIN && !quiet_) print_message(bench_progress_line(benchmark_.progress()) + "\n");
    }
  }

  Benchmark& benchmark_;
  const bool quiet_;
  std::atomic<bool> ended_{false};
  std::jthread thread_;
};

// Two checks prevent a load on a host by mistake: a rare option, and the host's name.
void confirm_host(const std::string& host) {
  if (!::isatty(STDIN_FILENO) || !::isatty(STDERR_FILENO))
    throw ConfigError(
        fmt::format("bench sends load to {} only after you type its name. Run the command in a terminal", host));
  print_message(
      fmt::format("This command sends load to {} and updates the customers in its input.\n"
                  "Type the name of the host to continue: ",
                  host));
  std::string answer;
  std::getline(std::cin, answer);
  if (answer != host) throw ConfigError("amend sent nothing: you did not type the name of the host, " + host);
}

// The options that may differ between the sides: the address, and how many requests at once.
constexpr std::array<std::string_view, 7> versus_options{"url",     "rate",  "connections", "pipeline",
                                                         "workers", "proxy", "ca-file"};

void take_side_b(Options& options) {
  if (options.versus.empty()) return;
  Options other = options;
  for (const std::string& setting : options.versus) {
    const auto [name, value] = parse_assignment("--versus", setting, "OPTION=VALUE");
    if (std::ranges::find(versus_options, name) == versus_options.end())
      throw ConfigError(
          fmt::format("--versus accepts {}, got \"{}\"", fmt::join(versus_options, ", "), printable(name, 60)));
    std::ranges::find(option_table(), std::string_view(name), &OptionEntry::name)
        ->apply(other, "--versus " + name, value);
    options.benchmark.other_text += (options.benchmark.other_text.empty() ? "" : ", ") + setting;
  }
  options.benchmark.other = other.config;
}

bool nothing_measured(const BenchmarkResult& result) {
  for (const SideFigures& side : result.sides)
    for (const StepFigures& step : side.figures.steps)
      if (step.requests() > 0) return false;
  return true;
}

// As for an update, a worker has at least one connection.
void finish_load(const BenchmarkConfig& benchmark, LoadConfig& load) {
  if (load.connections == 0) load.connections = connections_for(benchmark, load);
  if (load.workers == 0) load.workers = std::max(1u, std::thread::hardware_concurrency());
  load.workers = std::min(load.workers, load.connections);
}

void write_files(const RunDirectory& run, const BenchmarkResult& result, const std::string& json) {
  run.write_file("bench.json", json);
  run.write_file("latency.hlog", hdr_log(result));
  if (!result.sides.empty() && result.sides.front().figures.steps.size() == 1)
    run.write_file("latency.hgrm", hdr_percentiles(result.sides.front().figures.steps.front().latency));
}

std::string closing(const RunDirectory& run, const BenchmarkResult& result, const Options& options) {
  const std::string name = shell_path(run.path());
  const std::string text =
      "\n" + bench_report(result, options.benchmark) + line("files", name + ": bench.json, latency.hlog");
  return is_about_connection(result.stop_cause) ? text + line("next", ping_command(options.config)) : text;
}

}  // namespace

void finish_bench(Options& options) {
  take_side_b(options);
  finish_load(options.benchmark, options.config.load);
  if (options.benchmark.other) finish_load(options.benchmark, options.benchmark.other->load);
  options.benchmark.objectives_text = text_of(options.benchmark.objectives);
}

std::vector<std::string> hosts_to_type(const Options& options) {
  std::vector<std::string> hosts;
  for (const Config* config : {&options.config, options.benchmark.other ? &*options.benchmark.other : nullptr}) {
    if (!config) continue;
    const Target target = parse_target(config->target);
    if (target.loopback) continue;
    const std::string host = printable(target.host);
    if (std::ranges::find(hosts, host) == hosts.end()) hosts.push_back(host);
  }
  return hosts;
}

ExitCode bench_exit_code(const BenchmarkResult& result, const BenchmarkConfig& config) {
  if (result.stop_cause != StopCause::none) return exit_code(result.stop_cause);
  if (nothing_measured(result)) return ExitCode::some_rows_failed;
  if (config.find_max) return result.found ? ExitCode::success : ExitCode::some_rows_failed;
  for (const SideFigures& side : result.sides)
    for (const StepFigures& step : side.figures.steps)
      if (!broken_objectives(config.objectives, step.latency, step.requests(), step.errors()).empty())
        return ExitCode::some_rows_failed;
  return ExitCode::success;
}

ExitCode run_bench(const Options& options) {
  wonder::forbid_core_dumps();
  const std::vector<std::string> hosts = hosts_to_type(options);
  Benchmark benchmark(options.config, options.benchmark, load_credentials(options.config.auth));
  if (!options.quiet) print_message(bench_opening(options, benchmark));
  require_place_for_run(options.config);
  for (const std::string& host : hosts) confirm_host(host);
  const RunDirectory run(options.config.run_directory);
  BenchmarkResult result;
  {
    const HeldSignals held;
    const BenchWatch watch(benchmark, options);
    result = benchmark.run();
  }
  const ExitCode code = bench_exit_code(result, options.benchmark);
  const std::string json = to_json(result, options.benchmark, static_cast<int>(code));
  // Print before writing: a full disk must not lose the result of an hour.
  if (!options.quiet) print_message(closing(run, result, options));
  if (options.json) print_result(json, result.stop_cause);
  write_files(run, result, json);
  return code;
}

}  // namespace amend::cli
