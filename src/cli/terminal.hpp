// Watches a run from beside it: shows progress, turns SIGINT and SIGTERM into `Pipeline::stop` and SIGUSR1 into a pause
// or its end. Layer 5.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

#include "amend/pipeline.hpp"
#include "cli/options.hpp"
#include "cli/progress.hpp"

namespace amend::cli {

/// For the time before a run, when there is nothing to drain: SIGINT ends the process with 130, SIGTERM and SIGHUP with
/// 143, at once. A signal that is ignored stays so. SIGUSR1 is ignored: there is nothing to pause. `hold_signals` takes
/// its place.
void exit_on_signals();

/// Call before any thread exists, so that all inherit it: SIGINT, SIGTERM and SIGUSR1 then wait for the Terminal.
void hold_signals();

/// The form that `automatic` becomes: bar when stderr is a terminal (and not a dumb one), else plain; none when quiet.
ProgressForm progress_form(const Options& options);

/// Owns one thread from construction to destruction; needs `hold_signals` before. `pipeline` must outlive it.
/// The constructor throws ThreadError.
class Terminal {
 public:
  Terminal(Pipeline& pipeline, const Options& options);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// One line on stderr, whole, above the progress bar. Any thread.
  void say(const std::string& line);

 private:
  void watch();
  void take_signal(int signal);
  void toggle_pause();
  void stop(int signal);
  void leave_when_stuck();
  void show();
  void show_bar(const std::string& line);
  void say_notices();

  Pipeline& pipeline_;
  const std::int64_t stopping_ticks_max_;
  const std::uint64_t rows_limit_;
  const ProgressForm form_;
  const bool quiet_;
  std::atomic<bool> ended_{false};
  std::mutex stderr_mutex_;  // guards line_open_ and what it says of stderr
  bool line_open_ = false;
  int ticks_ = 0;
  std::int64_t stopping_ticks_ = 0;
  int signals_ = 0;
  std::size_t notices_said_ = 0;
  RateMeter meter_;
  std::jthread thread_;
};

}  // namespace amend::cli
