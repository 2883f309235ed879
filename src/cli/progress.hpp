// What a person sees while a run goes on. Pure: numbers and a width in, one line out. Layer 5.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace amend::cli {

/// A moment of a run, in numbers.
class Snapshot {
 public:
  Snapshot() = default;

  std::uint64_t rows_read = 0;
  std::uint64_t rows_done = 0;   ///< rows with their final record
  std::uint64_t rows_limit = 0;  ///< --limit; 0: none
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_total = 0;  ///< 0: not known
  std::uint64_t retries = 0;
  std::uint64_t failures = 0;  ///< failed, unknown and rejected rows
  std::uint64_t in_flight = 0;
  std::uint64_t customers_held = 0;  ///< for longer than a moment, for a request that may be applied late
  double rows_per_second = 0;               ///< now
  std::chrono::milliseconds paused{0};      ///< how long the server still wants to be left alone
  std::chrono::milliseconds next_probe{0};  ///< in an outage: until the API is asked again
  bool paused_by_person = false;
  std::string trouble;  ///< why no connection can be made; empty: connections work
  std::chrono::milliseconds trouble_lasted{0};
  std::chrono::milliseconds trouble_limit{0};  ///< the run gives up after so long
};

/// Share of the work that is done, 0 … 1; negative when the size of the input is not known. The reader runs ahead of
/// the answers, so the share of bytes read is scaled by the share of the rows read that are done.
double share_done(const Snapshot& now);

/// Seconds to go at the present rate; negative when not known, or while a person has paused the run.
double seconds_left(const Snapshot& now);

/// "cannot connect to HOST: CAUSE, retrying for 8 s, gives up after 1 h".
std::string show_trouble(std::string_view trouble, std::chrono::seconds lasted, std::chrono::seconds limit);

/// One line for a terminal of `width` columns, shorter than it, ASCII only. What matters least is left out first.
std::string render_bar(const Snapshot& now, std::size_t width);

/// One line for a log.
std::string render_plain(const Snapshot& now);

/// Rows a second over the last few seconds (exponentially weighted, time constant 3 s).
class RateMeter {
 public:
  RateMeter() = default;

  /// `at`: any clock that does not go backwards. Returns the rate now; 0 for the first call.
  double update(std::uint64_t rows, std::chrono::milliseconds at);

 private:
  std::uint64_t rows_ = 0;
  std::chrono::milliseconds at_{-1};
  double rate_ = -1;
};

}  // namespace amend::cli
