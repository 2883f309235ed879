#include "pipeline/late_rows.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "amend/report/timeline.hpp"
#include "amend/reporter/log_reading.hpp"
#include "amend/wonder/customer_schema.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;
using Time = std::chrono::system_clock::time_point;

// The latest moment at which a process is known to have run there.
Time last_sign_of_life(const std::string& directory, Time now) {
  Time latest{};
  for (const std::string_view name : {result_log_name, report::timeline_name}) {
    std::error_code error;
    const auto written = fs::last_write_time(fs::path(directory) / name, error);
    if (error) continue;
    const auto on_system_clock = std::chrono::file_clock::to_sys(written);
    latest = std::max(latest, std::chrono::time_point_cast<Time::duration>(on_system_clock));
  }
  return std::min(latest, now);  // a clock that was set back makes no wait longer than the timeout
}

void add_late_records(LateRequests& late, const std::string& directory, Time now) {
  const auto now_ms = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  read_log(directory, [&](const JournalRecord& record) {
    if (std::cmp_less_equal(record.late_until_ms, now_ms)) return;
    const auto until = Time(std::chrono::milliseconds(record.late_until_ms));
    late.add(wonder::customer_key(record.id), record.row, until);
  });
}

}  // namespace

LateRequests late_requests_of(const std::vector<RunHead>& chain, std::chrono::milliseconds timeout,
                              std::uint64_t maybe_sent_until, RowSet recorded) {
  LateRequests late;
  const auto now = std::chrono::system_clock::now();
  for (const RunHead& run : chain) {
    const auto longer = std::max(timeout, run.record.config.deadline.answer);
    const auto until = last_sign_of_life(run.directory, now) + longer;
    if (until <= now) continue;
    add_late_records(late, run.directory, now);
    if (&run == &chain.back()) late.set_in_flight(maybe_sent_until, std::move(recorded), until);
  }
  late.sort();
  return late;
}

}  // namespace amend
