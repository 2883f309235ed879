// The figures of a load. Values that one thread fills; no clock. Layer 1.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "amend/benchmark/hdr_histogram.hpp"
#include "amend/benchmark/schedule.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/report/time_series.hpp"

namespace amend {

/// What delayed a request beyond its planned instant.
enum class Late : std::uint8_t {
  connections,  ///< all had their maximum of requests in flight: the server was slow
  signing,      ///< its signature was not ready
  client,       ///< this program woke up late: the machine is busy
};
inline constexpr std::size_t late_count = 3;

/// A request that is sent later than this after its planned instant is late.
inline constexpr std::chrono::nanoseconds late_from{1'000'000};

/// The end of one request.
class RequestEnd {
 public:
  RequestEnd() = default;

  std::uint32_t step = 0;
  std::uint32_t connection = 0;
  std::chrono::nanoseconds planned{0};  ///< since the start
  std::chrono::nanoseconds latency{0};  ///< from the planned instant to the complete response or the abandonment
  std::chrono::nanoseconds service{0};  ///< from its connection to the complete response; only with a response
  std::uint16_t http = 0;               ///< 0: no response
  bool waited = false;                  ///< without a response: `latency` is the time that was waited
  std::string_view code;                ///< empty: a good response
  std::string_view text;
};

/// The figures of one step.
///
/// Bounds: 0.4 MiB.
class StepFigures {
 public:
  explicit StepFigures(const LoadStep& step_) : step(step_) {}

  void sent(std::chrono::nanoseconds lateness, Late cause) noexcept;
  void ended(const RequestEnd& end);
  /// Counts a complete response that arrived during the step, to a request of any step.
  void response_came(const RequestEnd& end) noexcept;
  /// Counts a planned request that `cause` kept from being sent until the end. Its waiting time is its latency.
  void not_sent(std::chrono::nanoseconds waited, Late cause);

  std::uint64_t requests() const noexcept { return answered + unanswered + unsent; }
  std::uint64_t errors() const noexcept { return failed + unanswered + unsent; }
  std::uint64_t late() const noexcept { return late_by[0] + late_by[1] + late_by[2]; }
  /// The responses that arrived during the step, per second. For a shortened step, its actual time counts.
  double responses_per_second() const noexcept;
  double good_responses_per_second() const noexcept;
  /// 0 … 1; 0 without requests.
  double good_share() const noexcept;

  LoadStep step;
  std::chrono::nanoseconds lasted{0};  ///< step.duration, or less when the benchmark was stopped
  std::uint64_t answered = 0;          ///< complete responses, good or bad, at any time
  std::uint64_t came = 0;              ///< response_came()
  std::uint64_t good_came = 0;         ///< of those, good ones
  std::uint64_t failed = 0;            ///< the bad ones of `answered`
  std::uint64_t unanswered = 0;        ///< sent; the connection was lost, or no response came in time
  std::uint64_t unsent = 0;
  std::uint64_t resent = 0;  ///< sent again, because their connection ended before they were processed: counted once
  std::array<std::uint64_t, late_count> unsent_by{};
  std::array<std::uint64_t, late_count> late_by{};  ///< late sends, by Late
  std::chrono::nanoseconds latest{0};               ///< the longest delay of these
  std::map<std::uint16_t, std::uint64_t> by_status;
  ErrorTally errors_by_code;
  /// From the planned instant. It counts responses, requests without a response in time, and requests that were never
  /// sent. A connection that is lost immediately is an error, not a short latency.
  HdrHistogram latency;
  HdrHistogram service;  ///< from the actual send; only with a response
};

class ConnectionFigures {
 public:
  ConnectionFigures() = default;

  std::uint64_t opened = 0;  ///< the number of times
  std::uint64_t answered = 0;
  std::uint64_t errors = 0;
  LatencyHistogram service;
};

/// A period: the responses and errors that arrived in it, and the latencies of the requests that were planned for it.
class SeriesPoint {
 public:
  SeriesPoint() = default;
  void merge(const SeriesPoint& other) noexcept;

  std::uint64_t answered = 0;
  std::uint64_t errors = 0;
  LatencyHistogram latency;
};

/// Figures over time, one point per second at first.
///
/// Bounds: 2 MiB.
class LoadSeries {
 public:
  void ended(const RequestEnd& end);
  void not_sent(std::chrono::nanoseconds planned, std::chrono::nanoseconds waited);

  std::chrono::seconds width() const noexcept {
    return std::chrono::duration_cast<std::chrono::seconds>(points_.width());
  }
  const std::vector<SeriesPoint>& points() const noexcept { return points_.cells(); }

 private:
  SeriesPoint& point_at(std::chrono::nanoseconds planned);

  report::TimeSeries<SeriesPoint> points_{std::chrono::seconds(1)};
};

/// The figures of one benchmark of one target.
class LoadFigures {
 public:
  LoadFigures() = default;

  std::vector<StepFigures> steps;                 ///< without the warm-up
  std::vector<ConnectionFigures> connections;     ///< without the warm-up
  LoadSeries series;                              ///< with the warm-up
  std::chrono::system_clock::time_point began{};  ///< the first step; the epoch: no step began
  std::chrono::nanoseconds warm_up{0};            ///< the part of it that does not count
  std::string address;                            ///< "127.0.0.1:8443"
  std::string security;                           ///< "TLSv1.3, TLS_AES_256_GCM_SHA384"; empty: none
};
static_assert(!std::is_aggregate_v<LoadFigures>);

}  // namespace amend
