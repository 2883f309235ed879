#include "amend/benchmark/benchmark.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>

#include "benchmark/benchmark_rules.hpp"
#include "benchmark/load_generator.hpp"
#include "benchmark/rate_search.hpp"

namespace amend {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr double first_rate = 10;  // of --find-max without --rate
constexpr double client_late_share = 0.01;

std::vector<LoadStep> steps_for(const BenchmarkConfig& config, nanoseconds interval) {
  std::vector<LoadStep> steps;
  if (config.ramp) {
    const nanoseconds first = interval_of(config.ramp->from);
    if (config.warm_up.count() > 0) steps.emplace_back(first, config.warm_up, Counted::no);
    for (const LoadStep& step : steps_of(*config.ramp, config.step)) steps.push_back(step);
    return steps;
  }
  if (config.warm_up.count() > 0) steps.emplace_back(interval, config.warm_up, Counted::no);
  steps.emplace_back(interval, config.duration);
  return steps;
}

bool limited_by_client(const StepFigures& step) {
  const auto late =
      step.late_by[static_cast<std::size_t>(Late::client)] + step.late_by[static_cast<std::size_t>(Late::signing)];
  return static_cast<double>(late) > client_late_share * static_cast<double>(step.requests());
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

// The figures of one turn that are compared.
std::vector<std::pair<std::string, double>> figures_of(const StepFigures& step) {
  const auto ms = [](nanoseconds duration) { return static_cast<double>(duration.count()) / 1e6; };
  return {{"good answers/s", step.good_responses_per_second()},
          {"good answers, %", 100 * step.good_share()},
          {"latency p50, ms", ms(step.latency.percentile(50))},
          {"latency p99, ms", ms(step.latency.percentile(99))},
          {"service p50, ms", ms(step.service.percentile(50))}};
}

ComparedFigure compare_figure(const std::string& name, const std::vector<std::pair<double, double>>& pairs) {
  std::vector<double> a, b;
  for (const auto& [first, second] : pairs) {
    a.push_back(first);
    b.push_back(second);
  }
  return ComparedFigure(name, median(a), median(b), compare(pairs));
}

}  // namespace

void validate(const BenchmarkConfig& config, const LoadConfig& load) {
  for (const BenchmarkRule rule : benchmark_rules())
    if (const std::string refusal = rule(config, load); !refusal.empty()) throw ConfigError(refusal);
}

std::uint32_t connections_for(const BenchmarkConfig& config, const LoadConfig& load) noexcept {
  constexpr std::uint32_t most = 256;
  if (config.find_max) return 64;
  double rate = config.ramp ? config.ramp->to : 0;
  if (load.rate.interval.count() > 0) rate = 1e9 / static_cast<double>(load.rate.interval.count());
  if (rate <= 0) return 8;
  const double wanted = std::ceil(rate / std::max(1u, load.pipeline));
  return static_cast<std::uint32_t>(std::clamp(wanted, 4.0, static_cast<double>(most)));
}

class Benchmark::Impl {
 public:
  Impl(const Config& config, const BenchmarkConfig& benchmark, Credentials credentials)
      : config_((amend::validate(benchmark, config.load), config)),
        benchmark_(benchmark),
        credentials_(std::move(credentials)),
        control_([this] { wake(); }),
        rows_(config, benchmark.customers) {
    amend::validate(config);
    if (benchmark.other) amend::validate(*benchmark.other);
  }

  const BenchmarkRows& rows() const noexcept { return rows_; }

  BenchmarkResult run() {
    result_.started_at = std::chrono::system_clock::now();
    const auto start = std::chrono::steady_clock::now();
    if (probe(config_) && (!benchmark_.other || probe(*benchmark_.other))) measure();
    result_.elapsed = std::chrono::steady_clock::now() - start;
    note_if_nothing();
    result_.stop_cause = control_.cause();
    result_.stop_reason = control_.text();
    return std::move(result_);
  }

  void stop(StopCause cause) noexcept {
    if (control_.draining()) return control_.stop_now(cause, {});
    control_.stop(cause, "stopped by a signal");
  }

  BenchmarkProgress progress() const {
    const std::lock_guard lock(mutex_);
    BenchmarkProgress progress = running_ ? running_->progress() : BenchmarkProgress();
    if (!stage_.empty()) progress.stage = stage_;
    return progress;
  }

 private:
  // While it exists, other threads may wake the generator.
  class Running {
   public:
    explicit Running(Impl& impl) : impl_(impl) {}
    ~Running() {
      const std::lock_guard lock(impl_.mutex_);
      impl_.running_ = nullptr;
    }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    Impl& impl_;
  };

  void wake() {
    const std::lock_guard lock(mutex_);
    if (running_) running_->wake();
  }

  LoadFigures load(const Config& config, LoadOrder order, std::string stage) {
    LoadGenerator generator(config, credentials_, rows_, std::move(order), control_);
    {
      const std::lock_guard lock(mutex_);
      running_ = &generator;
      stage_ = std::move(stage);
    }
    const Running running(*this);
    return generator.run();
  }

  void note_if_nothing() {
    for (const SideFigures& side : result_.sides)
      for (const StepFigures& step : side.figures.steps)
        if (step.requests() > 0) return;
    if (!control_.draining())
      result_.notices.emplace_back(
          "amend measured nothing: no request was due during the measurement. Increase --duration or the rate");
  }

  // Sends one request before all others, so that a refused key is not used a thousand times.
  bool probe(const Config& config) {
    Config alone = config;
    alone.load.connections = 1;
    alone.load.pipeline = 1;
    LoadOrder order;
    order.steps.emplace_back(nanoseconds(0), config.deadline.connect + config.deadline.response);
    order.requests_max = 1;
    const LoadFigures figures = load(alone, std::move(order), "first request");
    if (control_.draining()) return false;
    const StepFigures& step = figures.steps.front();
    const auto refused = [&](std::uint16_t status) { return step.by_status.contains(status); };
    const auto worst = step.errors_by_code.worst(1);
    if (worst.empty()) return true;
    const std::string text = worst.front().code + ": " + worst.front().text;
    if (refused(401) || refused(403)) {
      control_.stop(StopCause::credentials, "the API refuses the credentials: " + text);
      return false;
    }
    result_.notices.push_back("all responses may be errors, because the first request did not succeed: " + text);
    return true;
  }

  void measure() {
    if (benchmark_.find_max) return find_max();
    if (benchmark_.other) return compare_sides();
    LoadOrder order;
    order.steps = steps_for(benchmark_, config_.load.rate.interval);
    order.requests_max = benchmark_.requests_max;
    add_side("", "", config_, load(config_, std::move(order), ""));
  }

  void add_side(std::string name, std::string settings, const Config& config, LoadFigures figures) {
    SideFigures side;
    side.name = std::move(name);
    side.settings = std::move(settings);
    side.config = config;
    side.figures = std::move(figures);
    result_.sides.push_back(std::move(side));
  }

  void find_max() {
    const nanoseconds interval = config_.load.rate.interval;
    RateSearch search(interval.count() > 0 ? rate_of(LoadStep(interval, longest_measurement)) : first_rate);
    LoadFigures best;
    while (const auto rate = search.next()) {
      LoadFigures figures = try_rate(*rate);
      if (control_.draining()) break;
      const StepFigures& step = figures.steps.front();
      std::string broken = broken_objectives(benchmark_.objectives, step.latency, step.requests(), step.errors());
      search.take(broken.empty() ? RateSearch::Trial::held : RateSearch::Trial::broken);
      const bool keep = broken.empty() || best.steps.empty();
      result_.trials.emplace_back(*rate, std::move(broken));
      result_.trials.back().client_limited = limited_by_client(step);
      if (keep) best = std::move(figures);
    }
    result_.found = search.found();
    if (!best.steps.empty()) add_side("", "", config_, std::move(best));
  }

  LoadFigures try_rate(double rate) {
    LoadOrder order;
    order.overrun = Overrun::cut_off;
    const auto warm_up = std::min(benchmark_.warm_up, benchmark_.step / 2);
    if (warm_up.count() > 0) order.steps.emplace_back(interval_of(rate), warm_up, Counted::no);
    order.steps.emplace_back(interval_of(rate), benchmark_.step);
    return load(config_, std::move(order), fmt::format("trial {}", result_.trials.size() + 1));
  }

  // The order is A B B A A B …, so that a steady change affects both sides.
  void compare_sides() {
    std::vector<std::vector<std::pair<double, double>>> pairs;
    std::vector<std::string> names;
    LoadFigures a, b;
    for (std::uint32_t turn = 0; turn < benchmark_.turns && !control_.draining(); ++turn) {
      const bool a_first = turn % 2 == 0;
      if (a_first) a = take_turn(config_, turn, "A");
      b = take_turn(*benchmark_.other, turn, "B");
      if (!a_first) a = take_turn(config_, turn, "A");
      if (control_.draining()) break;
      const auto of_a = figures_of(a.steps.front());
      const auto of_b = figures_of(b.steps.front());
      pairs.resize(of_a.size());
      names.clear();
      for (std::size_t i = 0; i < of_a.size(); ++i) {
        names.push_back(of_a[i].first);
        pairs[i].emplace_back(of_a[i].second, of_b[i].second);
      }
    }
    for (std::size_t i = 0; i < names.size(); ++i) result_.compared.push_back(compare_figure(names[i], pairs[i]));
    add_side("A", "", config_, std::move(a));
    add_side("B", benchmark_.other_text, *benchmark_.other, std::move(b));
  }

  LoadFigures take_turn(const Config& config, std::uint32_t turn, std::string_view side) {
    LoadOrder order;
    order.steps = steps_for(turn_config(), config.load.rate.interval);
    order.requests_max = benchmark_.requests_max;
    return load(config, std::move(order), fmt::format("turn {} of {}, {}", turn + 1, benchmark_.turns, side));
  }

  // Divides the time among the turns of both sides.
  BenchmarkConfig turn_config() const {
    BenchmarkConfig turn = benchmark_;
    turn.duration = std::max(shortest_measurement, benchmark_.duration / benchmark_.turns);
    turn.warm_up = std::min(benchmark_.warm_up, turn.duration / 4);
    return turn;
  }

  const Config config_;
  const BenchmarkConfig benchmark_;
  const Credentials credentials_;
  RunControl control_;
  BenchmarkRows rows_;
  BenchmarkResult result_;
  mutable std::mutex mutex_;  // guards running_ and stage_
  LoadGenerator* running_ = nullptr;
  std::string stage_;
};

Benchmark::Benchmark(const Config& config, const BenchmarkConfig& benchmark, Credentials credentials)
    : impl_(std::make_unique<Impl>(config, benchmark, std::move(credentials))) {}
Benchmark::~Benchmark() = default;
std::uint64_t Benchmark::rows() const noexcept { return impl_->rows().size(); }
std::uint64_t Benchmark::rows_rejected() const noexcept { return impl_->rows().rejected(); }
bool Benchmark::rows_cut() const noexcept { return impl_->rows().cut(); }
BenchmarkResult Benchmark::run() { return impl_->run(); }
void Benchmark::stop(StopCause cause) noexcept { impl_->stop(cause); }
BenchmarkProgress Benchmark::progress() const { return impl_->progress(); }

}  // namespace amend
