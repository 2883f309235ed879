#include "amend/benchmark/objective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

#include "amend/error.hpp"

namespace amend {
namespace {

constexpr double usual_errors = 0.01;

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value) || value < 0)
    return std::nullopt;
  return value;
}

// Reads for example "300ms", "1.5s", "800us".
std::optional<std::chrono::nanoseconds> duration(std::string_view text) {
  for (const auto& [unit, ns] : {std::pair<std::string_view, double>("ms", 1e6), {"us", 1e3}, {"s", 1e9}}) {
    if (!text.ends_with(unit)) continue;
    const auto value = number(text.substr(0, text.size() - unit.size()));
    if (!value || *value <= 0 || *value * ns > static_cast<double>(HdrHistogram::highest)) return std::nullopt;
    return std::chrono::nanoseconds(std::llround(*value * ns));
  }
  return std::nullopt;
}

std::optional<Objective> parse_one(std::string_view text) {
  constexpr double percentile_least = 1;
  constexpr double percentile_most = 99.999;
  const auto sign = text.find('<');
  if (sign == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(0, sign);
  const std::string_view bound = text.substr(sign + 1);
  if (name == "errors") {
    const auto percent = bound.ends_with('%') ? number(bound.substr(0, bound.size() - 1)) : std::nullopt;
    if (!percent || *percent <= 0 || *percent > 100) return std::nullopt;
    return Objective::errors_below(*percent / 100, std::string(text));
  }
  const auto below = duration(bound);
  if (!below) return std::nullopt;
  if (name == "max") return Objective::latency_at(100, *below, std::string(text));
  if (!name.starts_with('p')) return std::nullopt;
  const auto percent = number(name.substr(1));
  if (!percent || *percent < percentile_least || *percent > percentile_most) return std::nullopt;
  return Objective::latency_at(*percent, *below, std::string(text));
}

// For example "84.2 ms", "30 s".
std::string duration_text(std::chrono::nanoseconds duration) {
  const double ms = static_cast<double>(duration.count()) / 1e6;
  return ms < 10'000 ? fmt::format("{:.4g} ms", ms) : fmt::format("{:.4g} s", ms / 1e3);
}

std::string broken(const Objective& objective, const HdrHistogram& latency, std::uint64_t requests,
                   std::uint64_t errors) {
  if (objective.of() == Objective::Of::errors) {
    const double share = static_cast<double>(errors) / static_cast<double>(requests);
    if (share < objective.share()) return {};
    return fmt::format("errors are {:.3g} %, but must be below {:.3g} %", share * 100, objective.share() * 100);
  }
  const auto is = latency.percentile(objective.percent());
  if (latency.count() > 0 && is < objective.below()) return {};
  const std::string name = objective.percent() >= 100 ? "max" : fmt::format("p{:g}", objective.percent());
  if (latency.count() == 0) return name + " is not known: there was no response";
  return fmt::format("{} is {}, but must be below {}", name, duration_text(is), duration_text(objective.below()));
}

}  // namespace

std::vector<Objective> parse_objectives(std::string_view option, std::string_view text) {
  std::vector<Objective> objectives;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const auto objective = parse_one(text.substr(begin, end - begin));
    if (!objective)
      throw ConfigError(
          fmt::format("{} needs conditions separated by commas, for example p99<300ms,max<2s,errors<0.1%, "
                      "got \"{}\"",
                      option, printable(text, 60)));
    objectives.push_back(*objective);
    begin = end + 1;
  }
  if (std::ranges::find(objectives, Objective::Of::errors, &Objective::of) == objectives.end())
    objectives.push_back(Objective::errors_below(usual_errors, "errors<1%"));
  return objectives;
}

std::string text_of(const std::vector<Objective>& objectives) {
  std::string text;
  for (const Objective& objective : objectives) text += (text.empty() ? "" : ",") + objective.text();
  return text;
}

std::string broken_objectives(const std::vector<Objective>& objectives, const HdrHistogram& latency,
                              std::uint64_t requests, std::uint64_t errors) {
  if (requests == 0) return "amend sent no request";
  std::string out;
  for (const Objective& objective : objectives) {
    const std::string text = broken(objective, latency, requests, errors);
    if (text.empty()) continue;
    if (!out.empty()) out += "; ";
    out += text;
  }
  return out;
}

}  // namespace amend
