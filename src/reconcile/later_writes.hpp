// Finds what other runs may have written to the API since a run began, so that its results may be out of date. Layer 4.
//
// *Threads.* One. *Errors.* As the constructor documents. *Bounds.* 8 bytes for each customer that was written since.
// *Lifetime.* A value. *Source.* Run directories with their run.json and logs; it changes none of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "amend/config.hpp"
#include "amend/run/run_chain.hpp"

namespace amend {

class LaterWrites {
 public:
  /// Reads the runs in the folder of the run that `chain` was made for, and in the folder for runs of `config`. Only
  /// runs of the same API count. `baselines`: baselines_of that run. Throws ConfigError as runs_that_sent, and
  /// InputError for a log that cannot be read.
  LaterWrites(const RunChain& chain, std::vector<std::string> baselines, const Config& config);

  /// wonder::customer_key of their ids; those of each run are in the order of its log.
  const std::vector<std::uint64_t>& customers() const noexcept { return customers_; }
  /// A run that wrote one of these customers.
  const std::string& writer() const noexcept { return writer_; }
  /// A run whose written customers are unknown: it was killed, is running, or has lost its run.json or its log.
  const std::optional<std::string>& unknown_writer() const noexcept { return unknown_writer_; }
  /// A run that restored old values.
  const std::optional<std::string>& undo() const noexcept { return undo_; }

 private:
  void look_beside(const std::string& folder, const Config& config);
  bool is_since(const std::string& moment, const std::string& run) const;
  void look_at(const std::string& run, const RunRecord& record);

  std::vector<std::string> chain_;
  std::vector<std::string> before_;  // baselines_of the run
  std::string began_;                // to the second, as in run.json
  std::vector<std::uint64_t> customers_;
  std::string writer_;
  std::optional<std::string> unknown_writer_;
  std::optional<std::string> undo_;
};

}  // namespace amend
