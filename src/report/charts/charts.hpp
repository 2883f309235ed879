// Charts as HTML with inline SVG, without scripts and without other files. Layer 1: pure.
//
// Lines stretch with the page. Texts are HTML beside them and keep their size, so a chart can be read at 400 px and at
// 1,280 px. Colours are those of Okabe and Ito; each line also has a dash of its own. Style: style_sheet() of page.hpp.
// All texts are escaped here.
//
// Threads: any. Errors: none.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amend::report {

/// How an axis divides its length.
enum class Scale : std::uint8_t { linear, logarithmic };

/// One line of a chart. A point without a value interrupts it.
class ChartLine {
 public:
  class Point {
   public:
    Point(double x_, std::optional<double> y_) noexcept : x(x_), y(y_) {}
    double x;
    std::optional<double> y;
  };

  /// `ink`: 0 … 6, the colour and dash.
  ChartLine(std::string name_, unsigned ink_) : name(std::move(name_)), ink(ink_) {}

  std::string name;
  unsigned ink;
  std::vector<Point> points;  ///< by x
};

/// A stretch of the x axis that is marked from bottom to top.
class ChartBand {
 public:
  /// `ink`: 0 … 2, the pattern.
  ChartBand(std::string name_, unsigned ink_) : name(std::move(name_)), ink(ink_) {}

  std::string name;
  unsigned ink;
  std::vector<std::pair<double, double>> stretches;
};

/// A moment on the x axis.
class ChartMark {
 public:
  ChartMark(double x_, std::string text_) : x(x_), text(std::move(text_)) {}

  double x;
  std::string text;
};

/// Lines over time.
class TimeChart {
 public:
  TimeChart() = default;

  std::string id;  ///< of the element: letters, digits, dashes
  std::string title;
  std::string y_title;  ///< with its unit: "requests per second"
  std::string note;     ///< below; empty: none
  double x_max = 0;     ///< seconds
  Scale scale = Scale::linear;
  std::vector<ChartLine> lines;
  std::vector<ChartBand> bands;
  std::vector<ChartMark> marks;
};

/// Counts of values between bounds that grow by the same factor.
class HistogramChart {
 public:
  class Bar {
   public:
    Bar(double from_, double to_, std::uint64_t count_) noexcept : from(from_), to(to_), count(count_) {}
    double from;
    double to;
    std::uint64_t count;
  };

  HistogramChart() = default;

  std::string id;
  std::string title;
  std::string x_title;
  std::string y_title;
  std::string note;
  std::vector<Bar> bars;         ///< by `from`, each above 0
  std::vector<ChartMark> marks;  ///< percentiles, with their names
};

/// Shares of a whole, one below the other.
class ShareChart {
 public:
  class Bar {
   public:
    Bar(std::string name_, std::uint64_t count_, unsigned ink_) : name(std::move(name_)), count(count_), ink(ink_) {}
    std::string name;
    std::uint64_t count;
    unsigned ink;
  };

  ShareChart() = default;

  std::string id;
  std::string title;
  std::string note;
  std::uint64_t whole = 0;
  std::vector<Bar> bars;
};

/// Each makes a `<figure>`. A chart without values says that it has none.
std::string render(const TimeChart& chart);
std::string render(const HistogramChart& chart);
std::string render(const ShareChart& chart);

/// The labels of an axis from `least` to `most`: at most `count_max` round values inside.
std::vector<double> linear_ticks(double least, double most, std::size_t count_max);
std::vector<double> logarithmic_ticks(double least, double most, std::size_t count_max);
/// The same for a time axis from 0: round numbers of seconds, minutes, hours or days.
std::vector<double> time_ticks(double seconds, std::size_t count_max);

}  // namespace amend::report
