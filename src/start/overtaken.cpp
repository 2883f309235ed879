#include "start/overtaken.hpp"

#include <algorithm>

#include "amend/run/log_reading.hpp"
#include "start/retry_planner.hpp"

namespace amend {
namespace {

bool comes_back(Status status) noexcept {
  return status == Status::failed || status == Status::unknown || status == Status::rejected;
}

// A row that did not succeed.
class LeftRow {
 public:
  LeftRow(std::uint64_t row_, std::uint64_t line_, std::size_t run_, Status status_) noexcept
      : row(row_), line(line_), run(static_cast<std::uint32_t>(run_)), status(status_) {}

  std::uint64_t row;
  std::uint64_t line;
  std::uint32_t run;
  Status status;
};

// Finds the overtaken rows among the records that `each` shows with the number of their run. It needs two passes, or
// one pass for a log without a row that may be sent again.
template <class Each>
std::vector<LeftRow> overtaken_among(Each each) {
  RetryPlanner planner{RetryChoice()};
  std::vector<LeftRow> left;
  each([&](const JournalRecord& record, std::size_t run) {
    if (!comes_back(record.status)) return;
    // An operator may repair a rejected row and send it again. So the planner gets it as a row that may be sent again.
    planner.ended(record.row, run, Status::failed, {}, record.id);
    left.emplace_back(record.row, RecordText(record.text).line, run, record.status);
  });
  if (!planner.wants_successes()) return {};
  each([&](const JournalRecord& record, std::size_t run) {
    if (record.status == Status::success) planner.succeeded(record.row, run, record.id);
  });
  const RowSet overtaken = planner.finish().selection.superseded;
  std::erase_if(left, [&](const LeftRow& row) { return !overtaken.contains(row.row); });
  return left;
}

}  // namespace

Overtaken overtaken_rows(const std::string& run) {
  const auto rows = overtaken_among(
      [&](auto show) { read_log(run, [&](const JournalRecord& record) { show(record, std::size_t{0}); }); });
  Overtaken out;
  for (const LeftRow& row : rows) {
    out.lines.insert(row.line);
    ++(row.status == Status::rejected ? out.rejected : out.sent);
  }
  return out;
}

std::vector<RowSet> overtaken_lines(const RunView& view) {
  const auto rows = overtaken_among(
      [&](auto show) { view.for_each_final([&](const FinalRecord& final) { show(final.record, final.run); }); });
  std::vector<RowSet> lines(view.runs().size());
  for (const LeftRow& row : rows) lines[row.run].insert(row.line);
  return lines;
}

}  // namespace amend
