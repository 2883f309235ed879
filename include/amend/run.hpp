// Executes a Job: source, queues, workers and reporter (src/README.md §1). Layer 4.
//
// The library prints nothing, installs no signal handler and never calls exit.
//
// Threads. execute() blocks the thread that calls it. Another thread may call all other functions until it returns.
// Errors. A row that fails is counted in the Summary. execute() throws ConfigError, InputError and DurabilityError for
// what it finds before the first request. What happens later ends the run: Summary::stop_cause is the reason.
// Bounds. src/README.md §3, "Bounded".
// Lifetime. A Run has the locks of its run directory until it is destroyed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/job.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/row/stop_cause.hpp"
#include "amend/run/summary.hpp"
#include "amend/run_state.hpp"

namespace amend {

class Run {
 public:
  explicit Run(Job job);
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Makes the run directory, sends, and writes the log, until each row has its final record or the run is stopped.
  /// With --duplicates it first reads an input that was not checked. Throws std::logic_error when the job was executed
  /// before.
  Summary execute();

  /// First call: no new request is sent, and responses are waited for (DeadlineConfig::grace). Second call: the run
  /// ends at once. Returns immediately. Not for a signal handler.
  void stop(StopCause cause) noexcept;
  /// As a first stop() with StopCause::drained. After another stop it changes nothing.
  void drain();

  const Metrics& metrics() const noexcept;
  /// What the run is doing now. RunState::run_directory is empty until the directory exists.
  RunState state() const;

  /// No request is sent until unpause(). The pause does not count against the deadlines of rows, nor as a stall. It
  /// does count against DeadlineConfig::run.
  void pause() noexcept;
  void unpause() noexcept;
  /// Applies from now on, without a burst. The server's rate hints still count. Throws ConfigError for a value outside
  /// its bounds.
  void set_rate(const RateSetting& rate);
  /// Allows 1 to 256 connections, at least one for each worker, and returns the number that is allowed now. Requests in
  /// flight on a connection that is too many are waited for. Throws ConfigError.
  std::uint32_t set_connections(std::uint32_t connections);

  /// The exit code of a run that was stopped and whose threads have not ended yet; else nullopt. When this lasts much
  /// longer than DeadlineConfig::grace, a thread hangs, most likely in a disk. The process may end then, and what it
  /// leaves is as after a kill.
  std::optional<ExitCode> stopping() const;

  /// What an operator should know although it stops nothing, from the number `from` on (RunControl::notice).
  std::vector<std::string> notices(std::size_t from = 0) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// A run that no other thread watches or stops.
Summary execute(Job job);

}  // namespace amend
