// The positions of values on a chart, and their labels. Layer 1: pure.
#pragma once

#include <string>
#include <vector>

#include "report/charts/charts.hpp"

namespace amend::report {

/// From `least` to `most`, which differ. Both are above 0 when the axis is logarithmic.
class Axis {
 public:
  /// From 0, or from a round value, to a round value at or above `most`, with its labels.
  static Axis of_values(Scale scale, double least, double most);
  static Axis of_time(double seconds);
  /// Ends exactly at `most`.
  static Axis logarithmic(double least, double most);

  /// 0 … 100
  double percent(double value) const noexcept;
  const std::vector<double>& ticks() const noexcept { return ticks_; }

 private:
  Axis(Scale scale, double least, double most, std::vector<double> ticks);

  Scale scale_;
  double least_;
  double most_;
  std::vector<double> ticks_;
};

/// 0.5, 20, 1.5k, 2M
std::string short_number(double value);

/// The unit for a time of this length: its seconds, and its name ("minutes").
class TimeUnit {
 public:
  explicit TimeUnit(double seconds_in_all) noexcept;

  double seconds;
  std::string_view name;
};

}  // namespace amend::report
