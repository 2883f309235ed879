// `amend bench`: what an API sustains, measured so that a slow server cannot hide it. Layer 4.
//
// One thread sends and receives; signatures are made by other threads, up to a second ahead. Nothing is retried and
// nothing slows down: what the server says about its limits is counted, not obeyed.
//
// Definitions. Latency: from the instant a request was planned for, to its complete answer. Service time: from when it
// was handed to its connection, to the same. In a closed loop both begin with the sending.
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

/// What is to be found out. Connections, depth and --rate are those of Config::pace: an interval of 0 is a closed loop.
struct BenchmarkConfig {
  std::chrono::milliseconds duration{30'000};  ///< of what is measured; 1 s … 24 h
  std::chrono::milliseconds warm_up{3'000};    ///< before it, not counted; 0 … 1 h
  std::optional<Ramp> ramp;                    ///< instead of one rate
  std::chrono::milliseconds step{10'000};      ///< of a ramp, and of each trial of find_max; 1 s … 1 h
  bool find_max = false;                       ///< the highest rate that keeps the objectives
  std::vector<Objective> objectives;
  std::string objectives_text;      ///< as it was given
  std::uint64_t requests_max = 0;   ///< of those that are measured; 0: as many as the time allows
  std::uint32_t customers = 1'000;  ///< made up when there is no input; 1 … 100,000
  std::optional<Config> other;      ///< side B of a comparison; the rows and the credentials are those of A
  std::string other_text;           ///< in what it differs, as it was given: "pipeline=16"
  std::uint32_t turns = 10;         ///< of each side; 8 … 50
};

/// Throws ConfigError naming the first option that is out of its bounds or contradicts another.
void validate(const BenchmarkConfig& config, const PaceConfig& pace);

class SideFigures {
 public:
  SideFigures() = default;

  std::string name;      ///< "A", "B"; empty: there is one side only
  std::string settings;  ///< in what it differs from A
  Config config;
  LoadFigures figures;  ///< of a comparison: of its last turn; of --find-max: of the highest rate that held
};

/// One trial of --find-max.
class RateTrial {
 public:
  RateTrial(double rate_, std::string broken_) : rate(rate_), broken(std::move(broken_)) {}

  double rate;         ///< requests a second
  std::string broken;  ///< which objective, and how; empty: it held
  bool
      client_limited;  ///< too many sends missed their moment for a reason of this machine: it is no word about the API
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
  std::string stop_reason;  ///< why it ended early, for people; empty: it did not
  std::chrono::system_clock::time_point started_at{};
  std::chrono::nanoseconds elapsed{0};
  std::vector<SideFigures> sides;  ///< one, or A and B
  std::vector<RateTrial> trials;   ///< of find_max
  std::optional<double> found;     ///< the highest rate that kept the objectives; requests a second
  std::vector<ComparedFigure> compared;
  std::vector<std::string> notices;
};

/// For who watches it.
class BenchmarkProgress {
 public:
  BenchmarkProgress() = default;

  std::string stage;                    ///< "warm-up", "step 3 of 20", "trial 4", "turn 2 of 10, B"
  double rate = 0;                      ///< planned; 0: closed loop
  std::chrono::nanoseconds elapsed{0};  ///< of the stage
  std::uint64_t answered = 0;           ///< in all
  std::uint64_t errors = 0;
  std::uint64_t late = 0;
  double answers_per_second = 0;    ///< in the last whole second
  std::chrono::nanoseconds p50{0};  ///< latency, the same
  std::chrono::nanoseconds p99{0};
};

/// One benchmark. The rows of the input, at most rows_max or bytes_max of them, are sent over and over.
class Benchmark {
 public:
  static constexpr std::size_t rows_max = 100'000;
  static constexpr std::size_t bytes_max = 64U << 20;

  /// Reads the rows and checks every setting; sends nothing. Throws ConfigError naming the option, the file or the
  /// column, also when no row could be sent. `config.input.file` empty: customers are made up.
  Benchmark(const Config& config, const BenchmarkConfig& benchmark, Credentials credentials);
  ~Benchmark();
  Benchmark(const Benchmark&) = delete;
  Benchmark& operator=(const Benchmark&) = delete;

  std::uint64_t rows() const noexcept;           ///< that are sent over and over
  std::uint64_t rows_rejected() const noexcept;  ///< left out: the API would not take them
  bool rows_cut() const noexcept;                ///< the input holds more

  /// Sends one request first; when its credentials are refused, or there is no server, nothing else. Blocks until the
  /// end. Once. Throws ThreadError.
  BenchmarkResult run();

  /// Ends it; what was measured until then is the result. A second call does not wait for answers either. Any thread.
  void stop(StopCause cause) noexcept;
  BenchmarkProgress progress() const;  ///< any thread

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// The number of connections when none was given: of a closed loop 8, of an open one so many that each answer may take
/// a second, 256 at most; of --find-max 64.
std::uint32_t connections_for(const BenchmarkConfig& config, const PaceConfig& pace) noexcept;

/// bench.json (samples/bench.schema.json): one JSON object and a line end.
std::string to_json(const BenchmarkResult& result, const BenchmarkConfig& config, int exit_code);

/// A histogram log with all steps, tags "latency" and "service" ("A-latency", … of a comparison).
std::string hdr_log(const BenchmarkResult& result);

}  // namespace amend
