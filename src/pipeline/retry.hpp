// What has to be done before a run can be retried: its chain locked and read, its options compared, the rows chosen.
// Sends nothing and creates nothing. Layer 4.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "amend/config.hpp"
#include "amend/pipeline.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/run_view.hpp"
#include "amend/row/late_requests.hpp"
#include "amend/row/selection.hpp"

namespace amend {

class Retry {
 public:
  /// Throws ConfigError and InputError as Pipeline::retry says.
  Retry(const Config& config, const std::string& run, const RetryChoice& choice, ChangedOptions changed);

  const RetryReport& report() const noexcept { return report_; }
  const Selection& selection() const noexcept { return selection_; }
  /// Rows up to this one may have been sent by the runs before.
  std::uint64_t maybe_sent_until() const noexcept { return maybe_sent_until_; }
  /// The input is in another encoding than the one it is read as (EncodingTrouble).
  bool encoding_is_doubtful() const noexcept { return encoding_is_doubtful_; }
  /// What the runs before have sent and the API may still apply. Once.
  LateRequests take_late() noexcept { return std::move(late_); }
  /// Of the new run: beside those it retries, where they find it.
  const std::string& directory() const noexcept { return directory_; }
  /// A run of the chain, locked; null: it is not one of them.
  const RunDirectory* lock_on(const std::string& directory) const noexcept;

 private:
  void lock(const std::vector<RunHead>& chain);

  std::vector<std::unique_ptr<RunDirectory>> locks_;
  Selection selection_;
  RetryReport report_;
  std::string directory_;
  std::uint64_t maybe_sent_until_ = 0;
  bool encoding_is_doubtful_ = false;
  LateRequests late_;
};

}  // namespace amend
