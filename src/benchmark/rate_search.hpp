// `--find-max`: decides which rate is tried next, and when the highest one is found. Pure. Layer 1.
//
// It doubles the first rate until a rate fails the objectives. Then it halves the gap (on a logarithmic scale) until
// the gap is 5 % wide. Finally it tries the result again, because one lucky trial proves nothing.
#pragma once

#include <cstdint>
#include <optional>

namespace amend {

class RateSearch {
 public:
  static constexpr std::uint32_t trials_max = 40;
  static constexpr double precision = 1.05;  ///< between the highest rate that passed and the lowest that failed
  static constexpr double rate_max = 1'000'000;
  static constexpr double rate_min = 0.1;

  enum class Trial : std::uint8_t { held, broken };

  explicit RateSearch(double first_rate) noexcept : next_(first_rate) {}

  /// The rate to try next, in requests per second; nullopt: the search has ended.
  std::optional<double> next() const noexcept { return next_; }
  /// Takes the result of the trial of next().
  void take(Trial trial) noexcept;

  /// After the end: the highest rate that passed twice; nullopt: no rate did.
  std::optional<double> found() const noexcept { return found_; }
  /// Whether no rate failed, up to rate_max or the last trial.
  bool unbounded() const noexcept { return !broken_; }

 private:
  void choose() noexcept;
  void try_anew(double rate) noexcept;

  std::optional<double> next_;
  std::optional<double> held_;    // the highest
  std::optional<double> broken_;  // the lowest
  std::optional<double> found_;
  bool confirming_ = false;
  std::uint32_t trials_ = 0;
};

}  // namespace amend
