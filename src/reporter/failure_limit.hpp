// Decides when too many rows did not succeed, so that the run stops (--max-failures). Layer 1, pure.
//
// Threads: any. Errors: none.
#pragma once

#include <cstdint>
#include <string>

#include "amend/config.hpp"

namespace amend {

class FailureLimit {
 public:
  /// A percentage has no meaning before this number of rows ended.
  static constexpr std::uint64_t rows_least = 100;

  explicit FailureLimit(const FailureConfig& config) noexcept : config_(config) {}

  /// `failed`: rows that failed or are unknown. `ended`: these and those that succeeded. Only rows of this process
  /// count: a resumed run starts at 0.
  bool reached(std::uint64_t failed, std::uint64_t ended) const noexcept {
    if (config_.rows_max != 0 && failed >= config_.rows_max) return true;
    return config_.percent_max != 0 && ended >= rows_least && failed * 100 >= ended * config_.percent_max;
  }
  std::string describe(std::uint64_t failed, std::uint64_t ended) const {
    return std::to_string(failed) + " of " + std::to_string(ended) +
           " rows did not succeed (--max-failures): the other rows are not sent";
  }

 private:
  FailureConfig config_;
};

}  // namespace amend
