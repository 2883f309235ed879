// What a run is doing at one moment: what `amend control RUN status`, the metrics and the progress line show. Layer 4:
// a value, made by Pipeline::state() from any thread. Counters may be newer one than another by a few rows.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "amend/reporter/connection_state.hpp"
#include "amend/reporter/metrics.hpp"
#include "amend/row/outcome.hpp"

namespace amend {

/// What decides how fast requests go.
enum class PacedBy : std::uint8_t {
  option,    ///< --rate, or `amend control RUN rate`
  adaptive,  ///< --rate auto
  server,    ///< the rate-limit fields of its answers
};

/// "option", "adaptive", "server".
std::string_view to_string(PacedBy paced_by) noexcept;

/// The circuit as people are told: half open and closing are one.
enum class CircuitState : std::uint8_t { closed, open, half_open };

/// "closed", "open", "half_open".
std::string_view to_string(CircuitState state) noexcept;

class RunState {
 public:
  RunState() = default;

  std::string version;
  std::string run_directory;
  std::string input;  ///< path, or "-"
  std::chrono::system_clock::time_point started_at{};
  std::chrono::nanoseconds elapsed{0};

  std::uint64_t rows_read = 0;
  std::array<std::uint64_t, status_count> rows_by_status{};
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_total = 0;  ///< 0: not known (stdin)
  std::uint64_t rows_limit = 0;   ///< --limit; 0: none

  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;
  std::uint64_t requeues = 0;
  std::uint64_t throttled = 0;   ///< answers 429
  std::uint64_t overloaded = 0;  ///< answers 503, and attempts without an answer in time
  std::uint64_t connections_opened = 0;
  std::uint64_t handshakes_failed = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t customers_held = 0;  ///< their next row waits while the API may apply an earlier request

  std::chrono::nanoseconds interval{0};  ///< the pace in force: time between two requests; 0: unlimited
  PacedBy paced_by = PacedBy::option;
  std::chrono::nanoseconds limiter_wait{0};  ///< how long rows that were ready waited for the pace, summed over workers
  std::chrono::milliseconds held{0};         ///< the server asked to be left alone for so long from now on
  bool paused = false;                       ///< by a person
  bool stopping = false;                     ///< nothing new is sent; answers in flight are waited for
  std::uint32_t connections = 0;             ///< allowed, of all workers
  std::uint32_t in_flight_max = 0;           ///< requests in flight that are allowed now
  std::int32_t retry_tokens = 0;             ///< of RetryBudget::capacity
  CircuitState circuit = CircuitState::closed;
  std::chrono::nanoseconds circuit_open{0};  ///< how long it has not been closed, in all

  ConnectionState connection;

  LatencyHistogram service;  ///< send → answer of each answered attempt

  std::uint64_t rows(Status status) const noexcept { return rows_by_status[static_cast<std::size_t>(status)]; }
  std::uint64_t rows_ended() const noexcept {
    std::uint64_t sum = 0;
    for (const auto rows_so : rows_by_status) sum += rows_so;
    return sum;
  }
};

}  // namespace amend
