// All that the page of a run shows. Layer 1: a value. picture_of (reading.hpp) makes it from a run directory,
// LivePicture (live_picture.hpp) from a running run; page.hpp makes it into HTML.
//
// Threads: any. Errors: none. Source: texts are bytes from files and servers; the page escapes them.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/config.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/row/outcome.hpp"
#include "amend/run/run_status.hpp"
#include "amend/run/summary.hpp"

namespace amend::report {

/// Rows that ended in one interval. Rates are per second.
class OutcomePoint {
 public:
  OutcomePoint() = default;

  double at_s = 0;  ///< its middle, since the start of the run
  double width_s = 0;
  double success = 0;              ///< rows
  double not_well = 0;             ///< rows that were sent and are failed or unknown
  std::optional<Latency> latency;  ///< of the rows with a response; nullopt: no row has one
};

/// What the timeline recorded in one interval. Rates are per second.
class LoadPoint {
 public:
  LoadPoint() = default;

  double at_s = 0;
  double requests = 0;       ///< retries included
  double retries = 0;        ///< those that cost an attempt, and those that cost none
  double throttled = 0;      ///< responses 429
  double overloaded = 0;     ///< responses 503, and attempts without a response in time
  double not_connected = 0;  ///< attempts to connect that failed
  double in_flight = 0;      ///< the most that was seen
  double in_flight_max = 0;
  double waiting = 0;             ///< seconds that ready rows waited for the rate limiter, of all workers
  std::optional<double> allowed;  ///< requests per second that the rate limiter allows; nullopt: unlimited
};

/// An interval in which the run waited on purpose.
class Wait {
 public:
  enum class Cause : std::uint8_t {
    paused,   ///< the operator paused the run
    held,     ///< the server asked for it (Retry-After)
    circuit,  ///< the circuit breaker was open
    connect,  ///< no connection could be made
  };
  static constexpr std::size_t causes = 4;
  Wait(Cause cause_, double from_s_, double to_s_) noexcept : cause(cause_), from_s(from_s_), to_s(to_s_) {}

  Cause cause;
  double from_s;
  double to_s;
};

/// A notice of the run.
class Notice {
 public:
  Notice() = default;

  std::optional<double> at_s;  ///< nullopt: not recorded
  std::string text;
};

/// The history in the timeline of a run. Empty when it has no timeline.
class LoadHistory {
 public:
  LoadHistory() = default;

  bool recorded = false;
  std::vector<LoadPoint> points;
  std::vector<Wait> waits;                      ///< in order of time, those of a cause do not overlap
  std::uint64_t waits_left_out = 0;             ///< beyond `waits_max`
  std::array<double, Wait::causes> waited_s{};  ///< in all
  std::array<std::uint64_t, Wait::causes> times_waited{};
  std::vector<double> resumed_s;  ///< when a process resumed the run; time between processes is left out
  std::uint64_t requests = 0;     ///< of all processes
  std::uint64_t retries = 0;
  std::uint64_t requeues = 0;
  std::uint64_t throttled = 0;
  std::uint64_t overloaded = 0;

  static constexpr std::size_t waits_max = 500;
};

/// One error code.
class ErrorGroup {
 public:
  ErrorGroup() = default;

  std::string code;
  std::uint64_t rows = 0;
  std::string first_at;  ///< "2026-11-23T12:00:00.123Z"; empty: not known
  std::string last_at;
  std::uint64_t row = 0;  ///< the first of them
  std::uint64_t line = 0;
  std::string id;
  std::string text;  ///< empty when it is the API's, and values are not to be shown
  bool text_withheld = false;
  std::string request_id;
  std::string meaning;  ///< empty: a code of the API
  std::string remedy;
  std::vector<std::pair<std::string, std::string>> values;  ///< the row's own, when they are to be shown
};

class SlowRow {
 public:
  SlowRow() = default;

  double ms = 0;
  std::uint64_t row = 0;
  std::uint64_t line = 0;
  std::string id;
  std::string status;
  std::string http;
  std::string attempts;
  std::string request_id;
  std::string at;
  std::string error_code;
};

/// The count of durations between two bounds.
class LatencyBar {
 public:
  LatencyBar(double from_ms_, double to_ms_, std::uint64_t count_) noexcept
      : from_ms(from_ms_), to_ms(to_ms_), count(count_) {}

  double from_ms;
  double to_ms;
  std::uint64_t count;
};

/// Percentiles of one kind of duration.
class LatencyRow {
 public:
  LatencyRow() = default;
  LatencyRow(std::string name_, std::string of_, const Latency& latency_)
      : name(std::move(name_)), of(std::move(of_)), latency(latency_) {}

  std::string name;  ///< "log", "service", "queued": for programs
  std::string of;    ///< for people
  Latency latency;
};

/// Of a reconciliation.
class ComparisonPicture {
 public:
  class Sign {
   public:
    Sign(char sign_, std::string meaning_) : sign(sign_), meaning(std::move(meaning_)) {}
    char sign;
    std::string meaning;
    std::uint64_t rows = 0;
  };
  class Field {
   public:
    Field() = default;
    std::string name;
    std::uint64_t differs = 0;  ///< rows of the plan
    std::uint64_t drift = 0;    ///< rows whose response showed another value than was sent
  };

  ComparisonPicture() = default;

  bool planned = false;  ///< there is a plan.ndjson
  std::vector<Sign> signs;
  std::vector<Field> fields;
};

/// Names and values under one heading.
class SettingGroup {
 public:
  SettingGroup() = default;
  explicit SettingGroup(std::string name_) : name(std::move(name_)) {}

  std::string name;
  std::vector<std::pair<std::string, std::string>> settings;
};

/// The requests of the run when those of earlier processes are not known.
inline constexpr std::string_view since_resumed = "since the last resume";

class RunPicture {
 public:
  RunPicture() = default;

  // The run and its input.
  std::string directory;
  std::string version;  ///< of the program that made the run
  Task task{};
  bool applies = true;  ///< false: a reconciliation that sends nothing
  std::string input;    ///< path, or "-"
  std::uint64_t input_bytes = 0;
  std::string url;
  std::string parent;                ///< the run that this one retries; empty: none
  std::vector<std::string> retries;  ///< runs that retry this one

  // Its results.
  RunStatus status = RunStatus::finished;
  std::chrono::system_clock::time_point started_at{};
  std::optional<std::chrono::system_clock::time_point> ended_at;  ///< of the last known event
  std::chrono::milliseconds elapsed{0};                           ///< that processes worked on it
  std::optional<int> exit_code;
  std::string stop_reason;
  std::array<std::uint64_t, status_count> rows_by_status{};
  std::optional<std::uint64_t> unsent;
  std::optional<std::uint64_t> overtaken;
  std::optional<double> progress;                               ///< 0 … 1, of the input; only while it is running
  std::vector<std::pair<std::string, std::uint64_t>> requests;  ///< "attempts" → 520
  std::string requests_of;                                      ///< for people: whose requests these are

  std::vector<OutcomePoint> outcomes;
  LoadHistory load;
  std::vector<Notice> notices;
  std::vector<LatencyRow> latencies;
  std::vector<LatencyBar> latency_bars;
  std::string latency_bars_of;  ///< for people: which durations these are

  std::vector<ErrorGroup> errors;  ///< the most frequent first
  std::size_t error_codes = 0;     ///< in all; errors has the first of them
  std::uint64_t rows_with_error = 0;
  bool shows_values = false;
  std::vector<SlowRow> slowest;  ///< the slowest first
  std::optional<ComparisonPicture> comparison;

  // Its settings, files and checks.
  std::vector<SettingGroup> settings;
  std::vector<std::pair<std::string, std::string>> checks;   ///< hashes, sizes, state of the log
  std::vector<std::pair<std::string, std::uint64_t>> files;  ///< name → bytes
  bool log_was_changed = false;
  std::vector<std::string> warnings;  ///< why the numbers may be wrong
  std::vector<std::string> next;      ///< commands to type

  std::uint64_t rows(Status of) const noexcept { return rows_by_status[static_cast<std::size_t>(of)]; }
  std::uint64_t rows_ended() const noexcept {
    std::uint64_t sum = 0;
    for (const auto rows_so : rows_by_status) sum += rows_so;
    return sum;
  }
};

/// Names of the latencies "service" and "queued" for readers; of the same attempts as `picture.requests`.
std::string service_of(const RunPicture& picture);
std::string queued_of(const RunPicture& picture);

}  // namespace amend::report
