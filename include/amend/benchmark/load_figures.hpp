// What a stretch of load has brought. Layer 1: values that one thread fills, no clock.
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
#include "amend/report/time_series.hpp"
#include "amend/reporter/metrics.hpp"

namespace amend {

/// What kept a request from its planned instant.
enum class Late : std::uint8_t {
  connections,  ///< all had as many requests in flight as they may: the server was slow
  signing,      ///< its signature was not made yet
  client,       ///< this program woke up late: the machine is busy
};
inline constexpr std::size_t late_count = 3;

/// A request missed its moment when it was sent so much after its planned instant.
inline constexpr std::chrono::nanoseconds late_from{1'000'000};

/// How one request ended.
class RequestEnd {
 public:
  RequestEnd() = default;

  std::uint32_t step = 0;
  std::uint32_t connection = 0;
  std::chrono::nanoseconds planned{0};  ///< since the start
  std::chrono::nanoseconds latency{0};  ///< planned instant → complete answer, or until it was given up
  std::chrono::nanoseconds service{0};  ///< handed to the connection → complete answer; of answers only
  std::uint16_t http = 0;               ///< 0: no answer
  bool waited = false;                  ///< without an answer: it was waited for, and `latency` says how long
  std::string_view code;                ///< empty: a good answer
  std::string_view text;
};

/// One step. 0.4 MiB.
class StepFigures {
 public:
  explicit StepFigures(const LoadStep& step_) : step(step_) {}

  void sent(std::chrono::nanoseconds lateness, Late cause) noexcept;
  void ended(const RequestEnd& end);
  /// A complete answer came while the step lasted, to a request of whichever step.
  void answer_came(const RequestEnd& end) noexcept;
  /// Its time came, but it was never sent, for that cause until the end. Its latency is how long it waited.
  void not_sent(std::chrono::nanoseconds waited, Late cause);

  std::uint64_t requests() const noexcept { return answered + unanswered + unsent; }
  std::uint64_t errors() const noexcept { return failed + unanswered + unsent; }
  std::uint64_t late() const noexcept { return late_by[0] + late_by[1] + late_by[2]; }
  /// Answers that came while the step lasted; of a step that was cut short, over the time it had.
  double answers_per_second() const noexcept;
  double good_answers_per_second() const noexcept;
  /// 0 … 1; 0 of no request.
  double good_share() const noexcept;

  LoadStep step;
  std::chrono::nanoseconds lasted{0};  ///< step.duration, or less when the benchmark was stopped
  std::uint64_t answered = 0;          ///< complete answers, good or bad, whenever they came
  std::uint64_t came = 0;              ///< answer_came()
  std::uint64_t good_came = 0;         ///< of those, good ones
  std::uint64_t failed = 0;            ///< of those, bad ones
  std::uint64_t unanswered = 0;        ///< sent; the connection was lost, or the answer did not come in time
  std::uint64_t unsent = 0;
  std::uint64_t resent = 0;  ///< again, as their connection ended with them unprocessed: counted once
  std::array<std::uint64_t, late_count> unsent_by{};
  std::array<std::uint64_t, late_count> late_by{};  ///< sends that missed their moment, by Late
  std::chrono::nanoseconds latest{0};               ///< the worst of these
  std::map<std::uint16_t, std::uint64_t> by_status;
  ErrorTally errors_by_code;
  /// From the planned instant; of answers, of requests without one in time, and of those never sent. A connection that
  /// is lost at once is an error, not a short latency.
  HdrHistogram latency;
  HdrHistogram service;  ///< from the actual send; of answers only
};

class ConnectionFigures {
 public:
  ConnectionFigures() = default;

  std::uint64_t opened = 0;  ///< how often
  std::uint64_t answered = 0;
  std::uint64_t errors = 0;
  LatencyHistogram service;
};

/// One stretch of time: which answers and errors came in it, and the latencies of what was planned for it.
class SeriesPoint {
 public:
  SeriesPoint() = default;
  void merge(const SeriesPoint& other) noexcept;

  std::uint64_t answered = 0;
  std::uint64_t errors = 0;
  LatencyHistogram latency;
};

/// Figures over time; a second a point at first. 2 MiB at most.
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

/// What one benchmark of one target has brought.
class LoadFigures {
 public:
  LoadFigures() = default;

  std::vector<StepFigures> steps;                 ///< those that count
  std::vector<ConnectionFigures> connections;     ///< what counts of it
  LoadSeries series;                              ///< warm-up included
  std::chrono::system_clock::time_point began{};  ///< the first step; the epoch: none did
  std::chrono::nanoseconds warm_up{0};            ///< of it, what does not count
  std::string address;                            ///< "127.0.0.1:8443"
  std::string security;                           ///< "TLSv1.3, TLS_AES_256_GCM_SHA384"; empty: none
};
static_assert(!std::is_aggregate_v<LoadFigures>);

}  // namespace amend
