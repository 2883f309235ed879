#include "pipeline/overtaken.hpp"

#include "amend/reporter/log_reading.hpp"
#include "pipeline/retry_planner.hpp"

namespace amend {

namespace {

bool comes_back(Status status) noexcept {
  return status == Status::failed || status == Status::unknown || status == Status::rejected;
}

}  // namespace

Overtaken overtaken_rows(const std::string& run) {
  RetryPlanner planner{RetryChoice()};
  read_log(run, [&](const JournalRecord& record) {
    // To the planner a rejected row is one that may be sent again, as it is once it is repaired.
    if (comes_back(record.status)) planner.ended(record.row, 0, Status::failed, {}, record.id);
  });
  Overtaken out;
  if (!planner.wants_successes()) return out;
  read_log(run, [&](const JournalRecord& record) {
    if (record.status == Status::success) planner.succeeded(record.row, 0, record.id);
  });
  const RowSet overtaken = planner.finish().selection.superseded;
  if (overtaken.size() == 0) return out;
  read_log(run, [&](const JournalRecord& record) {
    if (!overtaken.contains(record.row)) return;
    out.lines.insert(RecordText(record.text).line);
    ++(record.status == Status::rejected ? out.rejected : out.sent);
  });
  return out;
}

std::vector<RowSet> overtaken_lines(const RunView& view) {
  RetryPlanner planner{RetryChoice()};
  std::vector<RowSet> lines(view.runs().size());
  view.for_each_final([&](const FinalRecord& row) {
    const RecordText text(row.record.text);
    if (comes_back(row.record.status)) planner.ended(row.record.row, row.run, Status::failed, {}, text.id);
  });
  if (!planner.wants_successes()) return lines;
  view.for_each_final([&](const FinalRecord& row) {
    if (row.record.status == Status::success) planner.succeeded(row.record.row, row.run, row.record.id);
  });
  const RowSet overtaken = planner.finish().selection.superseded;
  if (overtaken.size() == 0) return lines;
  view.for_each_final([&](const FinalRecord& row) {
    if (overtaken.contains(row.record.row)) lines[row.run].insert(RecordText(row.record.text).line);
  });
  return lines;
}

}  // namespace amend
