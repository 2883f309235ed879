#include "pipeline/overtaken.hpp"

#include "amend/reporter/log_reading.hpp"
#include "pipeline/retry_planner.hpp"

namespace amend {

RowSet overtaken_lines(const std::string& run) {
  RetryPlanner planner{RetryChoice()};
  read_log(run, [&](const JournalRecord& record) {
    if (record.status == Status::failed || record.status == Status::unknown)
      planner.ended(record.row, 0, record.status, {}, record.id);
  });
  RowSet lines;
  if (!planner.wants_successes()) return lines;
  read_log(run, [&](const JournalRecord& record) {
    if (record.status == Status::success) planner.succeeded(record.row, 0, record.id);
  });
  const RowSet overtaken = planner.finish().selection.superseded;
  if (overtaken.size() == 0) return lines;
  read_log(run, [&](const JournalRecord& record) {
    if (overtaken.contains(record.row)) lines.insert(RecordText(record.text).line);
  });
  return lines;
}

}  // namespace amend
