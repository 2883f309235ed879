#include "amend/run/run_view.hpp"

#include <algorithm>
#include <numeric>

namespace amend {

RunView::RunView(const std::string& directory) : RunView(RunChain(directory)) {}

RunView::RunView(const RunChain& chain)
    : runs_(chain.runs()), asked_(static_cast<std::size_t>(&chain.asked() - chain.runs().data())) {
  read_all();
  unreadable_ = chain.unreadable_retries(
      [this](std::uint64_t row) { return status(row) ? std::optional(rows_[row].hash()) : std::nullopt; });
}

void RunView::read_all() {
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    RunHead& head = runs_[run];
    head.log = read_log(head.directory, head.summary, [&](const JournalRecord& record) { take(record, run); });
  }
}

void RunView::take(const JournalRecord& record, std::size_t run) {
  if (record.offset >= Row::offset_max)
    throw InputError(runs_[run].directory + ": results.ndjson is too large for amend to read");
  if (record.row >= rows_.size()) rows_.resize(record.row + 1);
  Row& row = rows_[record.row];
  if (row.has_record()) --totals_[static_cast<std::size_t>(row.status())];
  row = Row(record, run);
  ++totals_[static_cast<std::size_t>(row.status())];
}

std::optional<Status> RunView::status(std::uint64_t row) const noexcept {
  if (row >= rows_.size() || !rows_[row].has_record()) return std::nullopt;
  return rows_[row].status();
}

bool RunView::same_content(std::uint64_t row, std::string_view raw) const noexcept {
  return rows_[row].hash() == content_hash(raw);
}

std::uint64_t RunView::rows_with_record() const noexcept {
  return std::accumulate(totals_.begin(), totals_.end(), std::uint64_t{0});
}

std::uint64_t RunView::rows_succeeded() const noexcept {
  std::uint64_t well = 0;
  for (const Status status : all_statuses) well += has_succeeded(status) ? rows(status) : 0;
  return well;
}

// A retry has only some of the rows, so the first run counts.
std::optional<std::uint64_t> RunView::rows_in_all() const noexcept {
  const std::optional<Summary>& first = runs_.front().summary;
  return first ? first->rows_in_input() : std::nullopt;
}

std::optional<std::uint64_t> RunView::unsent() const noexcept {
  const auto all = rows_in_all();
  const std::uint64_t with_record = rows_with_record();
  if (!all || with_record > *all) return std::nullopt;
  return *all - with_record;
}

bool RunView::damaged() const noexcept {
  if (!unreadable_.empty()) return true;
  return std::ranges::any_of(runs_, [](const RunHead& run) { return run.log.damaged_at.has_value(); });
}

void RunView::for_each_final(const std::function<void(const FinalRecord&)>& show) const {
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    read_log(runs_[run].directory, runs_[run].summary, [&](const JournalRecord& record) {
      if (record.row >= rows_.size()) return;  // written since
      const Row& row = rows_[record.row];
      if (row.has_record() && row.run() == run && row.offset() == record.offset) show(FinalRecord(record, run));
    });
  }
}

void require_whole_logs(const RunView& view) {
  refuse_unreadable_retries(view.unreadable());
  for (const RunHead& head : view.runs())
    if (head.log.damaged_at) refuse_damaged(head.directory, head.log);
}

}  // namespace amend
