#include "cli/text/bench_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "amend/error.hpp"
#include "cli/option/units.hpp"
#include "cli/text/report_line.hpp"
#include "report/page/bench_page.hpp"

namespace amend::cli {
namespace {

using std::chrono::nanoseconds;

constexpr std::size_t connections_told = 16;
constexpr std::size_t errors_told = 5;
constexpr std::array<double, 4> percents{50, 90, 99, 99.9};

std::string ms(nanoseconds duration) { return fmt::format("{:.2f}", static_cast<double>(duration.count()) / 1e6); }

// 199.98 → "199.98", 12345.6 → "12,346".
std::string per_second(double rate) {
  if (rate >= 1'000) return show_count(static_cast<std::uint64_t>(rate + 0.5));
  return fmt::format("{:.4g}", rate);
}

std::string rate_text(const LoadStep& step) {
  return step.interval.count() > 0 ? per_second(rate_of(step)) + "/s" : "closed loop";
}

std::string load_text(const Options& options) {
  const BenchmarkConfig& config = options.benchmark;
  const LoadConfig& load = options.config.load;
  const auto seconds = [](std::chrono::milliseconds time) { return show_duration(time); };
  std::string text;
  if (config.find_max) {
    text =
        fmt::format("find the highest rate that meets {}, {} per trial", config.objectives_text, seconds(config.step));
  } else if (config.ramp) {
    text = fmt::format("from {}/s to {}/s in steps of {}/s, {} each", per_second(config.ramp->from),
                       per_second(config.ramp->to), per_second(config.ramp->by), seconds(config.step));
  } else {
    text = load.rate.interval.count() > 0 ? show_rate(load.rate.interval) : "closed loop";
    text += " for " + seconds(config.duration);
  }
  if (config.warm_up.count() > 0) text += fmt::format(" after {} of warm-up", seconds(config.warm_up));
  return text + fmt::format(", {}, depth {}", plural(load.connections, "connection"), load.pipeline);
}

std::string rows_text(const Options& options, const Benchmark& benchmark) {
  std::string text = options.config.input.file.empty() ? plural(benchmark.rows(), "generated customer")
                                                       : fmt::format("{} of {}", plural(benchmark.rows(), "row"),
                                                                     printable(options.config.input.file));
  text += ", sent again and again";
  if (benchmark.rows_rejected() > 0)
    text += fmt::format("; {} skipped because they are not valid (run `amend check` for the reasons)",
                        show_count(benchmark.rows_rejected()));
  return benchmark.rows_cut()
             ? text + fmt::format("; bench does not use the rest of the file: its limit is {} rows or {} MiB",
                                  show_count(Benchmark::rows_max), Benchmark::bytes_max >> 20)
             : text;
}

void append_percentiles(std::string& out, std::string_view name, const HdrHistogram& histogram, std::string_view from) {
  out += fmt::format("  {:<10}", name);
  for (const double percent : percents) out += fmt::format("{:>10}", ms(histogram.percentile(percent)));
  out += fmt::format("{:>10}{:>10}  ms, {}\n", ms(histogram.max()), ms(histogram.mean()), from);
}

std::string requests_text(const StepFigures& step) {
  std::string text = fmt::format("{}: {} responses", show_count(step.requests()), show_count(step.answered));
  if (step.failed > 0) text += fmt::format(" ({} with errors)", show_count(step.failed));
  if (step.unanswered > 0) text += fmt::format(", {} without a response", show_count(step.unanswered));
  if (step.unsent > 0) text += fmt::format(", {} not sent", show_count(step.unsent));
  if (step.resent > 0)
    text += fmt::format("; {} sent again, because their connection ended before the server processed them",
                        show_count(step.resent));
  return text;
}

std::string late_text(const StepFigures& step) {
  if (step.late() == 0) return "no request sent 1 ms or more after the planned time";
  constexpr std::array<std::string_view, late_count> causes{"no free connection", "signature not ready",
                                                            "this machine was busy"};
  std::string text = fmt::format(
      "{} sent 1 ms or more after the planned time, at most {} ms:", plural(step.late(), "request"), ms(step.latest));
  std::string_view separator = " ";
  for (std::size_t i = 0; i < late_count; ++i)
    if (step.late_by[i] > 0)
      text += fmt::format("{}{} × {}", std::exchange(separator, ", "), show_count(step.late_by[i]), causes[i]);
  return text;
}

std::string status_text(const StepFigures& step) {
  std::string text;
  for (const auto& [status, count] : step.by_status)
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", status, show_count(count));
  return text.empty() ? "none" : text;
}

std::string slo_text(const StepFigures& step, const BenchmarkConfig& config) {
  const std::string broken = broken_objectives(config.objectives, step.latency, step.requests(), step.errors());
  return broken.empty() ? config.objectives_text + " is met" : "not met: " + broken;
}

std::string step_text(const StepFigures& step, const BenchmarkConfig& config) {
  std::string out =
      line("rate", fmt::format("{}, {} responses/s", rate_text(step.step), per_second(step.responses_per_second())));
  out += line("requests", requests_text(step));
  out +=
      fmt::format("\n  {:<10}{:>10}{:>10}{:>10}{:>10}{:>10}{:>10}\n", "", "p50", "p90", "p99", "p99.9", "max", "mean");
  const bool open = step.step.interval.count() > 0;
  append_percentiles(out, "latency", step.latency, open ? "from the planned time" : "from sending");
  append_percentiles(out, "service", step.service, "from sending");
  out += "\n" + line("status", status_text(step));
  for (const ErrorCount& error : step.errors_by_code.worst(errors_told))
    out += line("error",
                fmt::format("{} × {}: {}", show_count(error.count), printable(error.code, 80), printable(error.text)));
  if (open) out += line("late", late_text(step));
  if (!config.objectives.empty()) out += line("slo", slo_text(step, config));
  return out;
}

std::string steps_table(const std::vector<StepFigures>& steps, const BenchmarkConfig& config) {
  std::string out = fmt::format("  {:>11}{:>12}{:>10}{:>8}{:>10}{:>10}{:>10}{:>10}{:>8}\n", "rate", "resp/s",
                                "requests", "errors", "p50 ms", "p99 ms", "max ms", "service", "late");
  for (const StepFigures& step : steps) {
    out += fmt::format("  {:>11}{:>12}{:>10}{:>8}{:>10}{:>10}{:>10}{:>10}{:>8}", rate_text(step.step),
                       per_second(step.responses_per_second()), show_count(step.requests()), show_count(step.errors()),
                       ms(step.latency.percentile(50)), ms(step.latency.percentile(99)), ms(step.latency.max()),
                       ms(step.service.percentile(50)), show_count(step.late()));
    if (!config.objectives.empty()) out += "  " + slo_text(step, config);
    out += "\n";
  }
  return out +
         "  p50, p99 and max count from the planned time of a request, service (median) from its sending. resp/s: "
         "responses per second.\n";
}

std::string connections_text(const LoadFigures& figures) {
  if (figures.connections.size() > connections_told) {
    nanoseconds least = nanoseconds::max(), most{0};
    std::uint64_t opened = 0;
    for (const ConnectionFigures& one : figures.connections) {
      opened += one.opened;
      if (one.answered == 0) continue;
      least = std::min(least, one.service.percentile(50));
      most = std::max(most, one.service.percentile(50));
    }
    const std::string spread =
        most.count() > 0 ? fmt::format(", median service time: {} ms on the fastest connection, {} ms on the slowest",
                                       ms(least), ms(most))
                         : "";
    return line("connections",
                fmt::format("{}, opened {} times in total{}", figures.connections.size(), show_count(opened), spread));
  }
  std::string out = fmt::format("\n  {:>10}{:>10}{:>10}{:>8}{:>10}{:>10}{:>10}\n", "connection", "opened", "responses",
                                "errors", "p50 ms", "p99 ms", "max ms");
  for (std::size_t i = 0; i < figures.connections.size(); ++i) {
    const ConnectionFigures& one = figures.connections[i];
    out += fmt::format("  {:>10}{:>10}{:>10}{:>8}{:>10}{:>10}{:>10}\n", i + 1, one.opened, show_count(one.answered),
                       show_count(one.errors), ms(one.service.percentile(50)), ms(one.service.percentile(99)),
                       ms(one.service.max()));
  }
  return out;
}

std::string side_text(const SideFigures& side, const BenchmarkConfig& config) {
  std::string out;
  if (!side.name.empty())
    out += fmt::format("\nside {}{}{}, last turn\n", side.name, side.settings.empty() ? "" : ": ",
                       printable(side.settings));
  const auto& steps = side.figures.steps;
  if (steps.empty()) return out;
  out += steps.size() == 1 ? step_text(steps.front(), config) : steps_table(steps, config);
  return out + connections_text(side.figures);
}

// A trial that failed because this machine was late is not about the API.
bool says_nothing(const RateTrial& trial) { return !trial.broken.empty() && trial.client_limited; }

std::string trials_text(const BenchmarkResult& result, const BenchmarkConfig& config) {
  if (!config.find_max) return {};
  std::string out;
  for (const RateTrial& trial : result.trials)
    out += fmt::format("  {:>10}/s  {}{}\n", per_second(trial.rate),
                       trial.broken.empty() ? "met" : "not met: " + trial.broken,
                       says_nothing(trial) ? fmt::format(" ({})", report::client_limited_text) : "");
  out += result.found ? line("highest", fmt::format("{}/s meets {}", per_second(*result.found), config.objectives_text))
                      : line("highest", "no rate met " + config.objectives_text);
  if (std::ranges::any_of(result.trials, says_nothing))
    out += line("note", "this machine was too busy in some trials. The API may accept a higher rate");
  return out + "\n";
}

std::string comparison_text(const BenchmarkResult& result, const BenchmarkConfig& config) {
  if (!config.other) return {};
  std::string out = fmt::format("B differs from A in {}. Medians of {} turns per side:\n\n",
                                printable(config.other_text), config.turns);
  out += fmt::format("  {:<18}{:>12}{:>12}{:>8}{:>18}  {}\n", "", "A", "B", "B/A", "95 % interval", "");
  for (const ComparedFigure& figure : result.compared) {
    const PairedComparison& comparison = figure.comparison;
    out += fmt::format("  {:<18}{:>12.4g}{:>12.4g}{:>8.3f}{:>9.3f} to {:<6.3f}  {} (p = {:.3g})\n", figure.name,
                       figure.a, figure.b, comparison.ratio, comparison.low, comparison.high,
                       comparison.differ ? "they differ" : "no difference found", comparison.p);
  }
  return out;
}

}  // namespace

std::string bench_opening(const Options& options, const Benchmark& benchmark) {
  std::string out = fmt::format("amend bench {}\n", options.config.version);
  out += line("target", printable(options.config.target.url));
  if (options.benchmark.other) out += line("versus", printable(options.benchmark.other_text));
  out += line("load", load_text(options));
  return out + line("rows", rows_text(options, benchmark));
}

std::string bench_progress_line(const BenchmarkProgress& progress) {
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(progress.elapsed);
  std::string out = fmt::format("{} {}: ", progress.stage, show_duration(elapsed));
  if (progress.rate > 0) out += fmt::format("{}/s planned, ", per_second(progress.rate));
  return out + fmt::format("{} responses/s, p50 {} ms, p99 {} ms; total: {} responses, {} errors, {} late",
                           per_second(progress.responses_per_second), ms(progress.p50), ms(progress.p99),
                           show_count(progress.answered), show_count(progress.errors), show_count(progress.late));
}

std::string bench_report(const BenchmarkResult& result, const BenchmarkConfig& config) {
  std::string out = trials_text(result, config) + comparison_text(result, config);
  for (const SideFigures& side : result.sides) out += side_text(side, config);
  for (const std::string& notice : result.notices) out += line("note", printable(notice));
  if (!result.stop_reason.empty()) out += line("stopped", printable(result.stop_reason));
  return out;
}

}  // namespace amend::cli
