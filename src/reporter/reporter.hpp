// The reporter takes outcomes from the queue, gives them to the sinks, counts them, and commits them in groups. Layer
// 3.
//
// Threads: the one that calls run(). It blocks on the disk, and no other stage waits for it. Errors: none from run(); a
// sink that fails stops the run. Lifetime: the references outlive the reporter.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include "amend/config.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/row/row_set.hpp"
#include "amend/run/recovery.hpp"
#include "amend/run/sink.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "queue/outcome_queue.hpp"
#include "queue/run_control.hpp"
#include "reporter/failure_limit.hpp"

namespace amend {

/// Records are on stable storage after this time at the latest.
inline constexpr std::chrono::milliseconds group_commit_interval{100};
/// Records are on stable storage at the latest when this number of rows was written since.
inline constexpr std::uint64_t group_commit_rows = 10'000;

class Reporter {
 public:
  /// `sinks` get the outcomes in this order. The log is first, because resume and retry rely on it. `before`: what the
  /// run has recorded already, when it is resumed. It counts as if it were written now.
  Reporter(std::vector<std::unique_ptr<Sink>> sinks, OutcomeQueue& outcomes, RunControl& control, Metrics& metrics,
           Commit commit = Commit::group, const Recovery& before = Recovery(),
           FailureLimit failure_limit = FailureLimit(FailureConfig()));

  /// Runs until the queue is closed and empty. When a sink fails, the run stops (StopCause::not_durable). Later
  /// outcomes are dropped and do not count, because their rows have no record.
  void run();

  /// After run().
  const RowSet& recorded() const noexcept { return recorded_; }
  std::uint64_t rows_without_record() const noexcept { return rows_without_record_; }
  /// Rows that got a second record. Any such row is a defect.
  std::uint64_t rows_twice() const noexcept { return rows_twice_; }
  const ErrorTally& errors() const noexcept { return errors_; }
  /// Rows by the fields that drifted (Remark::drift). Of this process.
  const std::array<std::uint64_t, wonder::customer_field_count>& drift() const noexcept { return drift_; }
  /// The bytes of results.ndjson that are certainly on stable storage. 0: not known.
  std::uint64_t log_bytes_durable() const noexcept { return sinks_.front()->bytes_durable(); }
  /// Rows of a status, of those whose records are certainly on stable storage.
  std::uint64_t rows_durable(Status status) const noexcept { return durable_[static_cast<std::size_t>(status)]; }

 private:
  void write(std::vector<Outcome>& batch);
  bool commit_is_due(std::chrono::steady_clock::time_point now) const noexcept;
  void commit_if_due();
  void look_at_failures();
  void close();
  void fail(const DurabilityError& error);

  std::vector<std::unique_ptr<Sink>> sinks_;
  OutcomeQueue& outcomes_;
  RunControl& control_;
  Metrics& metrics_;
  Commit commit_;
  FailureLimit failure_limit_;
  std::uint64_t failed_rows_ = 0;  // since this process began
  std::uint64_t sent_rows_ = 0;    // the same: these and the successes
  RowSet recorded_;
  ErrorTally errors_;
  std::array<std::uint64_t, wonder::customer_field_count> drift_{};
  std::array<std::uint64_t, status_count> written_{};
  std::array<std::uint64_t, status_count> durable_{};
  std::uint64_t rows_without_record_ = 0;
  std::uint64_t rows_twice_ = 0;
  bool failed_ = false;
  std::uint64_t rows_uncommitted_ = 0;
  std::chrono::steady_clock::time_point committed_at_{};
};

}  // namespace amend
