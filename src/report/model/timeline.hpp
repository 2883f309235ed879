// timeline.ndjson: the history of a run, beside its log. Layer 1: values and text, no I/O.
//
// One JSON object a line, in the order of time:
//   {"start":"2026-11-23T12:00:00.123Z"}                      a process began or resumed the run
//   {"at":"…","elapsed_ms":200,"attempts":12,…,"circuit":"closed"}   a sample; counters since its start
//   {"at":"…","notice":"…"}                                   a notice
// The file is not durable, and a run works without it. A line that cannot be read is skipped. `resume` appends.
//
// Threads: any. Errors: none. Bounds: an hour makes about 1 MB, a week 3 MB (sample_interval).
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "amend/run_state.hpp"

namespace amend::report {

inline constexpr std::string_view timeline_name = "timeline.ndjson";

/// The time from a sample to the next: short at first, then 600 samples in each doubling of the elapsed time.
std::chrono::milliseconds sample_interval(std::chrono::milliseconds elapsed) noexcept;

/// The state of a run at one moment. Counters are of one process: a resumed run starts at 0.
class TimelineSample {
 public:
  TimelineSample() = default;
  TimelineSample(const RunState& state, std::chrono::system_clock::time_point at_);

  std::chrono::system_clock::time_point at{};  ///< to the millisecond
  std::chrono::milliseconds elapsed{0};        ///< since that process began to send
  std::uint64_t rows_ended = 0;
  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;   ///< that cost a row an attempt
  std::uint64_t requeues = 0;  ///< that cost none
  std::uint64_t throttled = 0;
  std::uint64_t overloaded = 0;
  std::uint64_t connections_opened = 0;
  std::uint64_t handshakes_failed = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t in_flight_max = 0;
  std::chrono::microseconds limiter_wait{0};  ///< summed over workers
  std::chrono::microseconds interval{0};      ///< of the rate limiter; 0: unlimited
  std::chrono::milliseconds held{0};          ///< from now on
  bool paused = false;
  CircuitState circuit = CircuitState::closed;
  bool not_connected = false;  ///< no connection can be made
};

/// One line. It has exactly one of the three.
class TimelineEntry {
 public:
  TimelineEntry() = default;

  std::optional<std::chrono::system_clock::time_point> start;
  std::optional<TimelineSample> sample;
  std::string notice;                          ///< with `at`
  std::chrono::system_clock::time_point at{};  ///< of the notice
};

/// Lines, "\n" included.
std::string start_line(std::chrono::system_clock::time_point at);
std::string sample_line(const TimelineSample& sample);
std::string notice_line(std::chrono::system_clock::time_point at, std::string_view text);

/// nullopt: the line is not one of these.
std::optional<TimelineEntry> read_timeline_line(std::string_view line);

/// amend writes no longer line.
inline constexpr std::size_t timeline_line_max = 16 * 1024;

/// "2026-11-23T12:00:00.123Z".
std::string text_of(std::chrono::system_clock::time_point at);

}  // namespace amend::report
