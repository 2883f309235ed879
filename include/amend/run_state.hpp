// The state of a run at one moment, for `amend control RUN status`, the metrics and the progress line. A plain value.
//
// Threads: Run::state() makes it on any thread. Its counters may differ in age by a few rows. Source: layer 4.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "amend/error.hpp"
#include "amend/metrics/connection_state.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/row/outcome.hpp"

namespace amend {

/// The source of the rate.
enum class RateSource : std::uint8_t {
  option,    ///< --rate, or `amend control RUN rate`
  adaptive,  ///< --rate auto
  server,    ///< the rate hints of the API
};

/// "option", "adaptive", "server".
std::string_view to_string(RateSource rate_source) noexcept;

/// The circuit breaker as operators see it: half open and closing are one state.
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
  std::uint64_t bytes_total = 0;  ///< 0: unknown (stdin)
  std::uint64_t rows_limit = 0;   ///< --limit; 0: none

  std::uint64_t attempts = 0;
  std::uint64_t retries = 0;
  std::uint64_t requeues = 0;
  std::uint64_t throttled = 0;   ///< responses with status 429
  std::uint64_t overloaded = 0;  ///< responses with status 503, and attempts without a response in time
  std::uint64_t connections_opened = 0;
  std::uint64_t handshakes_failed = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t customers_held = 0;  ///< their next row waits while the API may still apply an earlier request

  std::chrono::nanoseconds interval{0};  ///< time between two requests at the present rate; 0: unlimited
  RateSource rate_source = RateSource::option;
  std::chrono::nanoseconds limiter_wait{0};  ///< how long ready rows waited for the rate limiter, summed over workers
  std::chrono::milliseconds held{0};         ///< how long the API asked amend to send nothing, from now
  bool paused = false;                       ///< by an operator
  bool stopping = false;                     ///< nothing new is sent; responses in flight are awaited
  bool log_closed = false;                   ///< the results log is complete and on the disk
  std::uint32_t connections = 0;             ///< the maximum of all workers
  std::uint32_t in_flight_max = 0;           ///< the present limit of requests in flight
  std::int32_t retry_tokens = 0;             ///< of RetryBudget::capacity
  CircuitState circuit = CircuitState::closed;
  std::chrono::nanoseconds circuit_open{0};  ///< how long it was not closed, in total

  ConnectionState connection;

  LatencyHistogram service;  ///< from sending to the response, of each attempt with a response

  std::uint64_t rows(Status status) const noexcept { return rows_by_status[static_cast<std::size_t>(status)]; }
  std::uint64_t rows_ended() const noexcept {
    std::uint64_t sum = 0;
    for (const auto rows_so : rows_by_status) sum += rows_so;
    return sum;
  }
};

}  // namespace amend
