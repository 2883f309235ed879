#include "amend/run/recovery.hpp"

#include <algorithm>

namespace amend {
namespace {

Reason reason_of(const RecordText& text) { return Reason(text.error_code, text.error, origin_named(text.source)); }

}  // namespace

Recovery::Recovery(const RunDirectory& run) : path_(run.path(result_log_name)) {
  const LogState log = read_log(run.path(), [this](const JournalRecord& record) { take(record); });
  if (log.damaged_at) refuse_damaged(run.path(), log);
  end_ = log.end;
  torn_bytes_ = log.torn_bytes;
  std::ranges::sort(not_well_, {}, &NotWell::row);
}

void Recovery::learn_content(const RunHead& run) {
  const LogState log = read_log(run.directory, run.summary, [this](const JournalRecord& record) {
    if (!recorded_.contains(record.row)) remember_content(record);
  });
  if (log.damaged_at) refuse_damaged(run.directory, log);
}

void Recovery::take(const JournalRecord& record) {
  if (!recorded_.insert(record.row))
    throw InputError(path_ + " is damaged: it contains two records of row " + std::to_string(record.row) +
                     " (the second at byte " + std::to_string(record.offset) +
                     "). Restore the file from a backup. This command sent nothing");
  last_row_ = std::max(last_row_, record.row);
  remember_content(record);
  ++rows_[static_cast<std::size_t>(record.status)];
  if (has_succeeded(record.status)) return;
  not_well_.push_back(NotWell{record.row, record.offset, record.status});
  const RecordText text(record.text);
  errors_.record(reason_of(text), Position(record.row, text.line, 0), text.id);
}

void Recovery::remember_content(const JournalRecord& record) {
  if (record.row >= hashes_.size()) hashes_.resize(record.row + 1);
  hashes_[record.row] = record.hash;
  known_.insert(record.row);
}

std::optional<std::uint64_t> Recovery::hash_of(std::uint64_t row) const noexcept {
  return knows_content(row) ? std::optional(hashes_[row]) : std::nullopt;
}

bool Recovery::same_content(std::uint64_t row, std::string_view raw) const noexcept {
  return hashes_[row] == content_hash(raw);
}

RecordedFailures::RecordedFailures(const Recovery& recovery)
    : recovery_(&recovery), log_(recovery.path_, std::ios::binary) {}

std::optional<RecordedFailures::Failure> RecordedFailures::of(std::uint64_t row) {
  const std::vector<Recovery::NotWell>& rows = recovery_->not_well_;
  const auto found = std::ranges::lower_bound(rows, row, {}, &Recovery::NotWell::row);
  if (found == rows.end() || found->row != row) return std::nullopt;
  log_.seekg(static_cast<std::streamoff>(found->offset));
  std::string line;
  if (!std::getline(log_, line)) throw InputError(recovery_->path_ + ": cannot be read");
  return Failure{found->status, reason_of(RecordText(line))};
}

}  // namespace amend
