// The objectives of an API: `--slo p99<300ms,errors<0.1%`. Pure. Layer 1.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/benchmark/hdr_histogram.hpp"

namespace amend {

/// One condition. All conditions must be met.
class Objective {
 public:
  enum class Of : std::uint8_t { latency, errors };

  /// A percentile of the latency, counted from the planned instant. 100 is the maximum.
  static Objective latency_at(double percent, std::chrono::nanoseconds below, std::string text) {
    return Objective(Of::latency, percent, below, 0, std::move(text));
  }
  /// The share of requests without a good response, 0 … 1.
  static Objective errors_below(double share, std::string text) {
    return Objective(Of::errors, 0, std::chrono::nanoseconds(0), share, std::move(text));
  }

  Of of() const noexcept { return of_; }
  double percent() const noexcept { return percent_; }
  std::chrono::nanoseconds below() const noexcept { return below_; }
  double share() const noexcept { return share_; }
  const std::string& text() const noexcept { return text_; }  ///< as it was given: "p99<300ms"

 private:
  Objective(Of of, double percent, std::chrono::nanoseconds below, double share, std::string text)
      : of_(of), percent_(percent), below_(below), share_(share), text_(std::move(text)) {}

  Of of_;
  double percent_;
  std::chrono::nanoseconds below_;
  double share_;
  std::string text_;
};

/// Parses conditions that are separated by commas: `pN<TIME` with N from 1 to 99.999, `max<TIME`, `errors<P%`. TIME is
/// for example 300ms or 2s. Without a condition on errors, `errors<1%` is added, because a server that fails
/// immediately has short latencies.
///
/// Errors: throws ConfigError, which names `option`.
std::vector<Objective> parse_objectives(std::string_view option, std::string_view text);

/// For example "p99<300ms,errors<1%".
std::string text_of(const std::vector<Objective>& objectives);

/// The conditions that are not met, for messages: "p99 is 412 ms, not below 300 ms". Empty: all are met. Without
/// requests, no condition is met.
std::string broken_objectives(const std::vector<Objective>& objectives, const HdrHistogram& latency,
                              std::uint64_t requests, std::uint64_t errors);

}  // namespace amend
