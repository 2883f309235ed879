// `amend bench`: measures what an API sustains, so that a slow server cannot hide it.
//
// Nothing is retried or slowed down: the rate hints of the API are counted, not obeyed.
//
// Latency is the time from a request's planned instant to its complete response. Service time begins when the request
// was given to its connection. In a closed loop both begin with the sending.
//
// Threads: one thread sends and receives. Other threads make signatures, up to a second ahead. Source: layer 4.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "amend/benchmark/load_figures.hpp"
#include "amend/benchmark/objective.hpp"
#include "amend/benchmark/paired_comparison.hpp"
#include "amend/benchmark/schedule.hpp"
#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/row/stop_cause.hpp"
#include "amend/worker/signer.hpp"

namespace amend {

/// What is measured. Connections, depth and --rate are those of Config::pace; an interval of 0 means a closed loop.
struct BenchmarkConfig {
  std::chrono::milliseconds duration{30'000};  ///< of the measurement; 1 s … 24 h
  std::chrono::milliseconds warm_up{3'000};    ///< before the measurement; 0 … 1 h
  std::optional<Ramp> ramp;                    ///< instead of one rate
  std::chrono::milliseconds step{10'000};      ///< of a ramp, and of each trial of find_max; 1 s … 1 h
  bool find_max = false;                       ///< searches the highest rate that meets the objectives
  std::vector<Objective> objectives;
  std::string objectives_text;      ///< as given
  std::uint64_t requests_max = 0;   ///< of the measurement; 0: only the time limits it
  std::uint32_t customers = 1'000;  ///< generated when there is no input; 1 … 100,000
  std::optional<Config> other;      ///< side B of a comparison; rows and credentials are those of A
  std::string other_text;           ///< in what it differs, as it was given: "pipeline=16"
  std::uint32_t turns = 10;         ///< of each side; 8 … 50
};

/// Throws ConfigError, which names the first option that is out of its bounds or contradicts another.
void validate(const BenchmarkConfig& config, const LoadConfig& load);

class SideFigures {
 public:
  SideFigures() = default;

  std::string name;      ///< "A", "B"; empty: there is one side only
  std::string settings;  ///< its differences from A
  Config config;
  LoadFigures figures;  ///< of a comparison: of its last turn; of --find-max: of the rate that was found
};

/// One trial of --find-max.
class RateTrial {
 public:
  RateTrial(double rate_, std::string broken_) : rate(rate_), broken(std::move(broken_)) {}

  double rate;          ///< requests per second
  std::string broken;   ///< which objective failed, and how; empty: all were met
  bool client_limited;  ///< this machine delayed too many sends, so the trial says nothing about the API
};

class ComparedFigure {
 public:
  ComparedFigure(std::string name_, double a_, double b_, const PairedComparison& comparison_)
      : name(std::move(name_)), a(a_), b(b_), comparison(comparison_) {}

  std::string name;  ///< "good answers/s", "latency p50, ms"
  double a;          ///< median of its turns
  double b;
  PairedComparison comparison;
};

class BenchmarkResult {
 public:
  BenchmarkResult() = default;

  StopCause stop_cause = StopCause::none;
  std::string stop_reason;  ///< why it ended early; empty: it did not
  std::chrono::system_clock::time_point started_at{};
  std::chrono::nanoseconds elapsed{0};
  std::vector<SideFigures> sides;  ///< one, or A and B
  std::vector<RateTrial> trials;   ///< of find_max
  std::optional<double> found;     ///< the highest rate that met the objectives; requests per second
  std::vector<ComparedFigure> compared;
  std::vector<std::string> notices;
};

/// The progress of a benchmark, for the display.
class BenchmarkProgress {
 public:
  BenchmarkProgress() = default;

  std::string stage;                    ///< "warm-up", "step 3 of 20", "trial 4", "turn 2 of 10, B"
  double rate = 0;                      ///< planned; 0: closed loop
  std::chrono::nanoseconds elapsed{0};  ///< of the stage
  std::uint64_t answered = 0;           ///< in total
  std::uint64_t errors = 0;
  std::uint64_t late = 0;
  double responses_per_second = 0;  ///< in the last complete second
  std::chrono::nanoseconds p50{0};  ///< latency in that second
  std::chrono::nanoseconds p99{0};
};

/// One benchmark. It sends the rows of the input repeatedly, at most rows_max or bytes_max of them.
class Benchmark {
 public:
  static constexpr std::size_t rows_max = 100'000;
  static constexpr std::size_t bytes_max = 64U << 20;

  /// Reads the rows and checks every setting; sends nothing. When `config.input.file` is empty, it generates customers.
  ///
  /// Errors: throws ConfigError, which names the option, the file or the column, also when no row could be sent.
  Benchmark(const Config& config, const BenchmarkConfig& benchmark, Credentials credentials);
  ~Benchmark();
  Benchmark(const Benchmark&) = delete;
  Benchmark& operator=(const Benchmark&) = delete;

  std::uint64_t rows() const noexcept;           ///< that are sent repeatedly
  std::uint64_t rows_rejected() const noexcept;  ///< left out, because the API would refuse them
  bool rows_cut() const noexcept;                ///< the input has more rows

  /// Sends one request first. When the API refuses its credentials, or there is no server, no other request follows.
  /// Blocks until the end. Call it once. Throws ThreadError.
  BenchmarkResult run();

  /// Ends the benchmark; its result is what was measured until then. A second call does not wait for responses. Any
  /// thread.
  void stop(StopCause cause) noexcept;
  BenchmarkProgress progress() const;  ///< any thread

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The number of connections when none was given. A closed loop has 8, --find-max 64. An open loop has enough for
/// responses that take one second, at most 256.
std::uint32_t connections_for(const BenchmarkConfig& config, const LoadConfig& load) noexcept;

/// The content of bench.json (samples/bench.schema.json): one JSON object and a line end.
std::string to_json(const BenchmarkResult& result, const BenchmarkConfig& config, int exit_code);

/// A histogram log of all steps, with the tags "latency" and "service" ("A-latency", … for a comparison).
std::string hdr_log(const BenchmarkResult& result);

}  // namespace amend
