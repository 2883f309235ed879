// The progress line of a run: makes one line of numbers and a width. Pure. Layer 5.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace amend::cli {

/// The numbers of a run at one moment.
class Snapshot {
 public:
  Snapshot() = default;

  std::uint64_t rows_read = 0;
  std::uint64_t rows_done = 0;   ///< rows with their final record
  std::uint64_t rows_limit = 0;  ///< --limit; 0: no limit
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_total = 0;  ///< 0: unknown
  std::uint64_t retries = 0;
  std::uint64_t failures = 0;  ///< failed, unknown and rejected rows
  std::uint64_t in_flight = 0;
  std::uint64_t customers_held = 0;         ///< longer than a moment, for a request that may be applied late
  double rows_per_second = 0;               ///< now
  std::chrono::milliseconds paused{0};      ///< how long the API still asks amend to send nothing
  std::chrono::milliseconds next_probe{0};  ///< in an outage: until the next probe
  bool paused_by_person = false;
  std::string trouble;  ///< why no connection is possible; empty: connections work
  std::chrono::milliseconds trouble_lasted{0};
  std::chrono::milliseconds trouble_limit{0};  ///< the run gives up after this time
};

/// The share of the work that is done, 0 … 1; negative when the size of the input is unknown. The reader is ahead of
/// the responses. So the share of bytes read is multiplied by the share of read rows that are done.
double share_done(const Snapshot& now);

/// The remaining seconds at the present rate; negative when unknown, or while an operator has paused the run.
double seconds_left(const Snapshot& now);

/// "cannot connect to HOST: CAUSE, retrying for 8 s, gives up after 1 h".
std::string show_trouble(std::string_view trouble, std::chrono::seconds lasted, std::chrono::seconds limit);

/// One ASCII line for a terminal of `width` columns, shorter than it. The least important parts are omitted first.
std::string render_bar(const Snapshot& now, std::size_t width);

/// One line for a log.
std::string render_plain(const Snapshot& now);

/// Rows per second over the last few seconds (exponentially weighted, time constant 3 s).
class RateMeter {
 public:
  RateMeter() = default;

  /// `at` is from any clock that never runs backwards. Returns the present rate; 0 for the first call.
  double update(std::uint64_t rows, std::chrono::milliseconds at);

 private:
  std::uint64_t rows_ = 0;
  std::chrono::milliseconds at_{-1};
  double rate_ = -1;
};

}  // namespace amend::cli
