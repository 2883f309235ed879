#include "benchmark/benchmark_rules.hpp"

#include <fmt/format.h>

namespace amend {
namespace {

using std::chrono::milliseconds;
using namespace std::chrono_literals;

using B = const BenchmarkConfig&;
using P = const LoadConfig&;

std::string refuse_when(bool broken, std::string_view text) { return broken ? std::string(text) : std::string(); }

std::string outside(std::string_view option, milliseconds value, milliseconds least, milliseconds most) {
  if (value >= least && value <= most) return {};
  return fmt::format("{} must be between {} and {} s", option, least.count() / 1'000, most.count() / 1'000);
}

std::string adaptive(std::string_view option, const RateSetting& rate) {
  if (rate.mode != RateMode::adaptive) return {};
  return fmt::format("{}: a benchmark needs a fixed rate. To find the highest rate, use --find-max", option);
}

std::string too_many_steps(B b, P) {
  if (!b.ramp || steps_of(*b.ramp, std::chrono::nanoseconds(1)).size() <= steps_max) return {};
  return fmt::format("--ramp has more than {} steps. Use larger steps", steps_max);
}

std::string bad_turns(B b, P) {
  if (b.turns >= PairedComparison::pairs_min && b.turns <= PairedComparison::pairs_max) return {};
  return fmt::format("--turns must be between {} and {}", PairedComparison::pairs_min, PairedComparison::pairs_max);
}

constexpr BenchmarkRule rules[] = {
    [](B b, P) { return outside("--duration", b.duration, shortest_measurement, longest_measurement); },
    [](B b, P) { return outside("--warm-up", b.warm_up, 0s, 1h); },
    [](B b, P) { return outside("--step", b.step, shortest_measurement, 1h); },
    [](B b, P) {
      return refuse_when(b.ramp && (b.ramp->by <= 0 || b.ramp->from <= 0 || b.ramp->to < b.ramp->from),
                         "--ramp needs FROM..TO:BY/s, for example 50..1000:50/s. FROM, TO and BY must be above 0, and "
                         "TO at least FROM");
    },
    too_many_steps,
    [](B, P p) { return adaptive("--rate", p.rate); },
    [](B b, P) { return b.other ? adaptive("--versus rate", b.other->load.rate) : std::string(); },
    [](B b, P p) { return refuse_when(b.ramp && p.rate.interval > 0ns, "use --ramp or --rate, not both"); },
    [](B b, P) {
      return refuse_when(b.find_max && b.objectives.empty(),
                         "--find-max needs --slo, for example --slo 'p99<300ms,errors<0.1%'");
    },
    [](B b, P) { return refuse_when(b.find_max && b.ramp, "use --find-max or --ramp, not both"); },
    [](B b, P) {
      return refuse_when(b.other && (b.find_max || b.ramp),
                         "--versus compares two sides at one rate or in a closed loop. Remove --ramp and --find-max");
    },
    [](B b, P) {
      return refuse_when(b.other && !b.objectives.empty(),
                         "use --versus or --slo, not both: a comparison has no objective");
    },
    bad_turns,
};

}  // namespace

std::span<const BenchmarkRule> benchmark_rules() noexcept { return rules; }

}  // namespace amend
