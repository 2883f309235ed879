#include "report/charts/axis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace amend::report {
namespace {

constexpr std::size_t y_ticks = 5;
constexpr std::size_t x_ticks = 8;
constexpr double largest = 1e15;  // of any value that is drawn

double bounded(double value) { return std::isfinite(value) ? std::clamp(value, -largest, largest) : 0; }

// 1, 2 or 5 times a power of ten, at least `step`.
double round_step(double step) {
  const double power = std::pow(10, std::floor(std::log10(step)));
  for (const double times : {1.0, 2.0, 5.0})
    if (times * power >= step * (1 - 1e-9)) return times * power;
  return 10 * power;
}

std::vector<double> multiples(double step, double least, double most) {
  std::vector<double> out;
  for (double n = std::ceil(least / step - 1e-9); n * step <= most * (1 + 1e-9); ++n)
    out.push_back(n * step + 0.0);  // never -0
  return out;
}

double time_step(double seconds) {
  constexpr std::array<double, 19> steps{1,   2,     5,     10,    15,     30,     60,     120,    300,    600,
                                         900, 1'800, 3'600, 7'200, 10'800, 21'600, 43'200, 86'400, 172'800};
  const auto found = std::ranges::lower_bound(steps, seconds);
  return found != steps.end() ? *found : 86'400 * round_step(seconds / 86'400);
}

}  // namespace

std::vector<double> linear_ticks(double least, double most, std::size_t count_max) {
  least = bounded(least);
  most = bounded(most);
  if (!(most > least) || count_max < 2) return {least};
  return multiples(round_step((most - least) / static_cast<double>(count_max - 1)), least, most);
}

std::vector<double> logarithmic_ticks(double least, double most, std::size_t count_max) {
  if (!(least > 0) || !(most > least) || count_max == 0) return {};
  std::vector<double> out;
  const auto add = [&](int power, std::initializer_list<double> times) {
    for (const double n : times) {
      const double value = n * std::pow(10, power);
      if (value >= least * (1 - 1e-9) && value <= most * (1 + 1e-9)) out.push_back(value);
    }
  };
  const int first = static_cast<int>(std::floor(std::log10(least) + 1e-9));
  const int last = static_cast<int>(std::floor(std::log10(bounded(most)) + 1e-9));
  constexpr std::size_t too_few = 4;
  for (int power = first; power <= last; ++power) add(power, {1, 2, 5});
  if (out.size() < too_few) {
    out.clear();
    for (int power = first; power <= last; ++power) add(power, {1, 1.5, 2, 3, 4, 5, 6, 8});
  }
  if (out.size() <= count_max) return out;
  out.clear();
  const int stride = std::max(1, static_cast<int>((static_cast<std::size_t>(last - first) + count_max) / count_max));
  for (int power = first; power <= last; power += stride) add(power, {1});
  return out;
}

std::vector<double> time_ticks(double seconds, std::size_t count_max) {
  seconds = bounded(seconds);
  if (!(seconds > 0) || count_max < 2) return {0};
  const double wanted = seconds / static_cast<double>(count_max - 1);
  return multiples(wanted < 1 ? round_step(wanted) : time_step(wanted), 0, seconds);
}

Axis::Axis(Scale scale, double least, double most, std::vector<double> ticks)
    : scale_(scale), least_(least), most_(most), ticks_(std::move(ticks)) {}

Axis Axis::of_values(Scale scale, double least, double most) {
  least = bounded(least);
  most = bounded(most);
  if (scale == Scale::linear) {
    if (!(most > 0)) most = 1;
    const double step = round_step(most / static_cast<double>(y_ticks - 1));
    most = step * std::ceil(most / step - 1e-9);
    return Axis(scale, 0, most, multiples(step, 0, most));
  }
  if (!(least > 0)) least = 0.1;
  if (!(most > least)) most = least * 2;
  const auto down = [](double value) {
    const double power = std::pow(10, std::floor(std::log10(value)));
    return value >= 5 * power ? 5 * power : value >= 2 * power ? 2 * power : power;
  };
  least = down(least * (1 + 1e-9));
  most = round_step(most);
  return Axis(scale, least, most, logarithmic_ticks(least, most, y_ticks + 3));
}

Axis Axis::of_time(double seconds) {
  seconds = bounded(seconds);
  if (!(seconds > 0)) seconds = 1;
  return Axis(Scale::linear, 0, seconds, time_ticks(seconds, x_ticks));
}

Axis Axis::logarithmic(double least, double most) {
  return Axis(Scale::logarithmic, least, most, logarithmic_ticks(least, most, x_ticks));
}

double Axis::percent(double value) const noexcept {
  const auto place = [this](double v) { return scale_ == Scale::linear ? v : std::log(std::max(v, least_)); };
  const double share = (place(value) - place(least_)) / (place(most_) - place(least_));
  return std::isfinite(share) ? 100 * std::clamp(share, 0.0, 1.0) : 0;
}

std::string short_number(double value) {
  const double size = std::abs(value);
  if (size >= 999'999'500) return fmt::format("{:.4g}G", value / 1e9);
  if (size >= 999'999.5) return fmt::format("{:.4g}M", value / 1e6);
  if (size >= 1'000) return fmt::format("{:.4g}k", value / 1e3);
  return fmt::format("{:.4g}", value);
}

TimeUnit::TimeUnit(double seconds_in_all) noexcept {
  if (seconds_in_all <= 150) {
    seconds = 1;
    name = "seconds";
  } else if (seconds_in_all <= 150 * 60) {
    seconds = 60;
    name = "minutes";
  } else if (seconds_in_all <= 72 * 3'600) {
    seconds = 3'600;
    name = "hours";
  } else {
    seconds = 86'400;
    name = "days";
  }
}

}  // namespace amend::report
