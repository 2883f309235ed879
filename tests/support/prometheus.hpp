// The Prometheus text format 0.0.4, read more strictly than Prometheus does.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace test {

class Exposition {
 public:
  Exposition() = default;

  std::map<std::string, double> samples;     ///< `name{label="value"}`, unchanged → value
  std::map<std::string, std::string> types;  ///< metric → counter, gauge, histogram
  std::vector<std::string> faults;           ///< empty: the text is well formed

  /// NaN when there is no such sample.
  double value(const std::string& sample) const;
};

/// Holds: every line ends; HELP, then TYPE, then the samples of a metric, together and once; names and labels are
/// spelled as they may be; no sample twice; a counter ends in _total; the buckets of a histogram grow and end with
/// +Inf, which equals its _count.
Exposition parse_exposition(const std::string& text);

}  // namespace test
