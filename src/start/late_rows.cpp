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

template <class Use>
void for_each_late_record(const RunHead& run, Time now, Use use) {
  const auto now_ms = std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
  read_log(run.directory, run.summary, [&](const JournalRecord& record) {
    if (std::cmp_greater(record.late_until_ms, now_ms))
      use(record, Time(std::chrono::milliseconds(record.late_until_ms)));
  });
}

// When all that the run sent and has no record of is applied or lost.
Time in_flight_until(const RunHead& run, std::chrono::milliseconds timeout, Time now) {
  return last_sign_of_life(run.directory, now) + std::max(timeout, run.record.config.deadline.answer);
}

}  // namespace

LateRequests late_requests_of(const std::vector<RunHead>& chain, std::chrono::milliseconds timeout,
                              std::uint64_t maybe_sent_until, RowSet recorded) {
  LateRequests late;
  const auto now = std::chrono::system_clock::now();
  for (const RunHead& run : chain) {
    const Time until = in_flight_until(run, timeout, now);
    if (until <= now) continue;
    for_each_late_record(run, now, [&](const JournalRecord& record, Time applied_until) {
      late.add(wonder::customer_key(record.id), record.row, applied_until);
    });
    if (&run == &chain.back()) late.set_in_flight(maybe_sent_until, std::move(recorded), until);
  }
  late.sort();
  return late;
}

Time late_until_of(const std::vector<RunHead>& chain, std::chrono::milliseconds timeout) {
  Time latest{};
  const auto now = std::chrono::system_clock::now();
  for (const RunHead& run : chain) {
    const Time until = in_flight_until(run, timeout, now);
    if (until <= now) continue;
    if (run.stopped_early()) latest = std::max(latest, until);
    for_each_late_record(run, now,
                         [&](const JournalRecord&, Time applied_until) { latest = std::max(latest, applied_until); });
  }
  return latest;
}

}  // namespace amend
