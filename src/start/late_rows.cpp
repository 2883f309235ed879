#include "start/late_rows.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "amend/run/log_reading.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "report/model/timeline.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;
using Time = std::chrono::system_clock::time_point;

// The latest time at which a process certainly ran in this directory.
Time last_sign_of_life(const std::string& directory, Time now) {
  Time latest{};
  for (const std::string_view name : {result_log_name, report::timeline_name}) {
    std::error_code error;
    const auto written = fs::last_write_time(fs::path(directory) / name, error);
    if (error) continue;
    const auto on_system_clock = std::chrono::file_clock::to_sys(written);
    latest = std::max(latest, std::chrono::time_point_cast<Time::duration>(on_system_clock));
  }
  return std::min(latest, now);  // so a clock that was set back does not make a wait longer than the timeout
}

// Calls `use_run` with each run of which a request may still be applied, and when this ends for those without a record;
// `use_record` with each record of them whose request may.
template <class UseRun, class UseRecord>
void for_each_late(const std::vector<RunHead>& chain, std::chrono::milliseconds timeout, UseRun use_run,
                   UseRecord use_record) {
  const Time now = std::chrono::system_clock::now();
  const auto now_ms = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  for (const RunHead& run : chain) {
    const Time until = last_sign_of_life(run.directory, now) + std::max(timeout, run.record.config.deadline.response);
    if (until <= now) continue;
    use_run(run, until);
    read_log(run.directory, run.summary, [&](const JournalRecord& record) {
      if (std::cmp_greater(record.late_until_ms, now_ms))
        use_record(record, Time(std::chrono::milliseconds(record.late_until_ms)));
    });
  }
}

}  // namespace

LateRequests late_requests_of(const std::vector<RunHead>& chain, std::chrono::milliseconds timeout,
                              std::uint64_t maybe_sent_until, RowSet recorded) {
  LateRequests late;
  for_each_late(
      chain, timeout,
      [&](const RunHead& run, Time until) {
        if (&run == &chain.back()) late.set_in_flight(maybe_sent_until, std::move(recorded), until);
      },
      [&](const JournalRecord& record, Time until) { late.add(wonder::customer_key(record.id), record.row, until); });
  late.sort();
  return late;
}

Time late_until_of(const std::vector<RunHead>& chain, std::chrono::milliseconds timeout) {
  Time latest{};
  for_each_late(
      chain, timeout,
      [&](const RunHead& run, Time until) {
        if (run.stopped_early()) latest = std::max(latest, until);
      },
      [&](const JournalRecord&, Time until) { latest = std::max(latest, until); });
  return latest;
}

}  // namespace amend
