#include <boost/json.hpp>
#include <cmath>
#include <map>

#include "amend/benchmark/benchmark.hpp"
#include "row/json_text.hpp"
#include "row/utc_time.hpp"

namespace amend {
namespace {

namespace json = boost::json;

constexpr std::size_t errors_max = 20;
constexpr std::string_view form = "amend-bench/1";

double in_ms(std::chrono::nanoseconds duration) {
  return std::round(static_cast<double>(duration.count()) / 1e3) / 1e3;
}

double in_s(std::chrono::nanoseconds duration) { return std::round(static_cast<double>(duration.count()) / 1e6) / 1e3; }

double rounded(double value) { return std::round(value * 1e3) / 1e3; }

json::value rate_json(double rate) { return rate > 0 ? json::value(rounded(rate)) : json::value(nullptr); }
json::string text(std::string_view value) { return json::string(utf8(value)); }

json::object percentiles(const HdrHistogram& histogram) {
  return {{"p50", in_ms(histogram.percentile(50))}, {"p90", in_ms(histogram.percentile(90))},
          {"p99", in_ms(histogram.percentile(99))}, {"p999", in_ms(histogram.percentile(99.9))},
          {"max", in_ms(histogram.max())},          {"mean", in_ms(histogram.mean())}};
}

json::object percentiles(const LatencyHistogram& histogram) {
  return {{"p50", in_ms(histogram.percentile(50))},
          {"p99", in_ms(histogram.percentile(99))},
          {"max", in_ms(histogram.max())}};
}

// The distribution of the latencies: bars that grow by a quarter of an octave, so at most 128.
json::array distribution(const HdrHistogram& histogram) {
  constexpr double steps_per_octave = 4;
  std::map<int, std::uint64_t> bars;
  histogram.for_each([&](std::chrono::nanoseconds duration, std::uint64_t count) {
    const double octaves = std::log2(static_cast<double>(duration.count()) / static_cast<double>(HdrHistogram::lowest));
    bars[static_cast<int>(std::floor(octaves * steps_per_octave))] += count;
  });
  const auto bound_ms = [](int bar) {
    return rounded(std::exp2(bar / steps_per_octave) * static_cast<double>(HdrHistogram::lowest) / 1e6);
  };
  json::array out;
  for (const auto& [bar, count] : bars)
    out.push_back(json::object{{"from_ms", bound_ms(bar)}, {"to_ms", bound_ms(bar + 1)}, {"count", count}});
  return out;
}

json::object late_json(const StepFigures& step) {
  return {{"sends", step.late()},
          {"by_connections", step.late_by[static_cast<std::size_t>(Late::connections)]},
          {"by_signing", step.late_by[static_cast<std::size_t>(Late::signing)]},
          {"by_client", step.late_by[static_cast<std::size_t>(Late::client)]},
          {"max_ms", in_ms(step.latest)}};
}

json::object step_json(const StepFigures& step, const BenchmarkConfig& config) {
  json::object by_status;
  for (const auto& [status, count] : step.by_status) by_status[std::to_string(status)] = count;
  json::array errors;
  for (const ErrorCount& error : step.errors_by_code.worst(errors_max))
    errors.push_back(json::object{{"code", text(error.code)}, {"count", error.count}, {"example", text(error.text)}});
  const std::string broken = broken_objectives(config.objectives, step.latency, step.requests(), step.errors());
  return {{"rate", rate_json(rate_of(step.step))},
          {"seconds", in_s(step.lasted)},
          {"requests", step.requests()},
          {"answered", step.answered},
          {"failed", step.failed},
          {"unanswered", step.unanswered},
          {"unsent", step.unsent},
          {"resent", step.resent},
          {"answers_per_second", rounded(step.responses_per_second())},
          {"good_answers_per_second", rounded(step.good_responses_per_second())},
          {"latency_ms", percentiles(step.latency)},
          {"service_ms", percentiles(step.service)},
          {"latency_bars", distribution(step.latency)},
          {"late", late_json(step)},
          {"by_status", std::move(by_status)},
          {"errors", std::move(errors)},
          {"slo_kept", config.objectives.empty() ? json::value(nullptr) : json::value(broken.empty())},
          {"slo_broken", text(broken)}};
}

json::array connections_json(const LoadFigures& figures) {
  json::array connections;
  for (const ConnectionFigures& one : figures.connections)
    connections.push_back(json::object{{"opened", one.opened},
                                       {"answered", one.answered},
                                       {"errors", one.errors},
                                       {"service_ms", percentiles(one.service)}});
  return connections;
}

json::array series_json(const LoadSeries& series) {
  json::array points;
  for (std::size_t i = 0; i < series.points().size(); ++i) {
    const SeriesPoint& point = series.points()[i];
    points.push_back(json::object{{"at_s", static_cast<std::int64_t>(i) * series.width().count()},
                                  {"answered", point.answered},
                                  {"errors", point.errors},
                                  {"latency_ms", percentiles(point.latency)}});
  }
  return points;
}

json::object side_json(const SideFigures& side, const BenchmarkConfig& config) {
  json::array steps;
  for (const StepFigures& step : side.figures.steps) steps.push_back(step_json(step, config));
  const LoadConfig& load = side.config.load;
  return {{"name", text(side.name)},
          {"settings", text(side.settings)},
          {"url", text(side.config.target.url)},
          {"address", text(side.figures.address)},
          {"tls", side.figures.security.empty() ? json::value(nullptr) : json::value(text(side.figures.security))},
          {"connections_max", load.connections},
          {"pipeline", load.pipeline},
          {"steps", std::move(steps)},
          {"connections", connections_json(side.figures)},
          {"series_seconds", side.figures.series.width().count()},
          {"series", series_json(side.figures.series)}};
}

json::value find_max_json(const BenchmarkResult& result, const BenchmarkConfig& config) {
  if (!config.find_max) return nullptr;
  json::array trials;
  for (const RateTrial& trial : result.trials)
    trials.push_back(json::object{{"rate", rounded(trial.rate)},
                                  {"kept", trial.broken.empty()},
                                  {"broken", text(trial.broken)},
                                  {"client_limited", trial.client_limited}});
  return json::object{{"rate", result.found ? rate_json(*result.found) : json::value(nullptr)},
                      {"trials", std::move(trials)}};
}

json::value comparison_json(const BenchmarkResult& result, const BenchmarkConfig& config) {
  if (!config.other) return nullptr;
  json::array figures;
  for (const ComparedFigure& figure : result.compared) {
    const PairedComparison& comparison = figure.comparison;
    figures.push_back(json::object{{"figure", text(figure.name)},
                                   {"a", rounded(figure.a)},
                                   {"b", rounded(figure.b)},
                                   {"ratio", rounded(comparison.ratio)},
                                   {"low", rounded(comparison.low)},
                                   {"high", rounded(comparison.high)},
                                   {"p", comparison.p},
                                   {"differ", comparison.differ}});
  }
  return json::object{{"turns", config.turns}, {"figures", std::move(figures)}};
}

}  // namespace

std::string to_json(const BenchmarkResult& result, const BenchmarkConfig& config, int exit_code) {
  json::array sides;
  for (const SideFigures& side : result.sides) sides.push_back(side_json(side, config));
  json::array notices;
  for (const std::string& notice : result.notices) notices.push_back(text(notice));
  const json::object whole{
      {"form", form},
      {"version", result.sides.empty() ? json::value(nullptr) : json::value(text(result.sides.front().config.version))},
      {"started_at", utc_text(result.started_at)},
      {"elapsed_s", in_s(result.elapsed)},
      {"exit_code", exit_code},
      {"stop_reason", text(result.stop_reason)},
      {"slo", text(config.objectives_text)},
      {"warm_up_s", in_s(config.warm_up)},
      {"sides", std::move(sides)},
      {"find_max", find_max_json(result, config)},
      {"comparison", comparison_json(result, config)},
      {"notices", std::move(notices)}};
  std::string out;
  append_json(out, whole);
  return out + "\n";
}

std::string hdr_log(const BenchmarkResult& result) {
  const auto since_epoch = result.started_at.time_since_epoch();
  std::string out = hdr_log_head(std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch));
  for (const SideFigures& side : result.sides) {
    const std::string before = side.name.empty() ? "" : side.name + "-";
    std::chrono::nanoseconds start = side.figures.began - result.started_at;
    if (!side.figures.steps.empty()) start += side.figures.warm_up;
    for (const StepFigures& step : side.figures.steps) {
      out += hdr_log_line(before + "latency", start, step.lasted, step.latency) + "\n";
      out += hdr_log_line(before + "service", start, step.lasted, step.service) + "\n";
      start += step.lasted;
    }
  }
  return out;
}

}  // namespace amend
