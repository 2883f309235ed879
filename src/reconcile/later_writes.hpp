// What other runs may have written to the API since a run began, so that its results may be outdated. Layer 4.
//
// Threads: one. Errors: as the constructor says. Bounds: 8 bytes for each customer that was written since. Source: run
// directories, their run.json and logs; none is changed.
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
  /// Looks at the runs beside the one that `chain` was asked for, and at those where a run of `config` would be made,
  /// as far as they are about the same API. `baselines`: baselines_of that run. Errors: ConfigError as runs_that_sent;
  /// InputError for a log that cannot be read.
  LaterWrites(const RunChain& chain, std::vector<std::string> baselines, const Config& config);

  /// wonder::customer_key of their ids, each run's in the order of its log.
  const std::vector<std::uint64_t>& customers() const noexcept { return customers_; }
  /// A run that wrote to one of these.
  const std::string& writer() const noexcept { return writer_; }
  /// A run of which the written customers are not known: it was killed, is running, or lacks its run.json or its log.
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
