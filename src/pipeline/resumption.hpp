// What has to be done before a run can be gone on with: its log read back, its options and its input compared, its
// files made anew. Sends nothing. Layer 4.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"
#include "amend/pipeline.hpp"
#include "amend/reporter/feedback.hpp"
#include "amend/reporter/file_seal.hpp"
#include "amend/reporter/recovery.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/run_view.hpp"
#include "amend/reporter/sink.hpp"
#include "amend/row/late_requests.hpp"
#include "amend/row/selection.hpp"

namespace amend {

class UnsealedRetryFile;

class Resumption {
 public:
  /// `config.run_directory` is the run. Locks it. Throws ConfigError and InputError as Pipeline::recover says.
  Resumption(const Config& config, ChangedOptions changed);

  const RunDirectory& run() const noexcept { return run_; }
  const Recovery& before() const noexcept { return before_; }
  /// The rows the run is about, when it retries another; null: all of its input.
  const Selection* selection() const noexcept { return selection_ ? &*selection_ : nullptr; }
  /// Rows of the input without a record.
  std::uint64_t rows_left() const noexcept { return rows_left_; }
  /// Rows up to this one, without a record, may have been in flight when the run ended.
  std::uint64_t maybe_sent_until() const noexcept { return maybe_sent_until_; }
  /// The input is in another encoding than the one it is read as (EncodingTrouble).
  bool encoding_is_doubtful() const noexcept { return encoding_is_doubtful_; }
  /// What was sent before and may still be applied. Once.
  LateRequests take_late() noexcept { return std::move(late_); }
  /// The files that can be fed back, with the rows recorded so far; for the reporter to go on with. Once.
  std::unique_ptr<Sink> take_feedback() noexcept { return std::move(feedback_); }
  /// Retry files that were edited since amend wrote them, and that stay as they are; with the seals of how they were.
  std::vector<std::string> edited() const;
  const std::vector<FileSeal>& edited_seals() const noexcept { return edited_; }
  /// What an operator should know of them.
  const std::vector<std::string>& notices() const noexcept { return notices_; }

 private:
  void follow_parents(const std::vector<RunHead>& chain);
  void compare_input(const Config& config);
  void keep_edited(const Config& config);
  void keep_copy(const std::string& name, std::string_view why);
  std::vector<UnsealedRetryFile> read_unsealed(const Config& config, const std::vector<std::string>& names) const;
  void write_feedback(const Config& config);

  RunDirectory run_;
  Recovery before_;
  std::optional<Selection> selection_;
  std::unique_ptr<Sink> feedback_;
  std::vector<FileSeal> edited_;
  std::vector<std::string> notices_;
  bool encoding_is_doubtful_ = false;
  std::uint64_t rows_left_ = 0;
  std::uint64_t maybe_sent_until_ = 0;
  LateRequests late_;
};

/// Throws ConfigError naming the first option that would make other requests than those of the rows that are done.
void refuse_changed_options(const Config& was, const Config& is);

}  // namespace amend
