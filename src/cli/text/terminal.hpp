// Watches a run from beside it: shows progress, turns SIGINT and SIGTERM into `Run::stop` and SIGUSR1 into a pause
// or its end. Layer 5.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "amend/run.hpp"
#include "cli/option/options.hpp"
#include "cli/text/progress.hpp"

namespace amend::cli {

/// For the time before and after a run, when no row is in flight. SIGINT ends the process immediately with 130, SIGTERM
/// and SIGHUP with 143. Ignored signals stay ignored. SIGUSR1 is ignored, because no run can be paused.
void exit_on_signals();

/// From construction to destruction, SIGINT, SIGTERM, SIGHUP and SIGUSR1 wait for the Terminal. Construct it before any
/// thread exists, so that all inherit it. Afterwards pending signals are dropped, and new ones are handled as by
/// `exit_on_signals`, because the last output may wait for a reader.
class HeldSignals {
 public:
  HeldSignals();
  ~HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
};

/// The form of `automatic`: bar when stderr is a capable terminal, otherwise plain. With --quiet: none.
ProgressForm progress_form(const Options& options);

/// Owns one thread from construction to destruction; needs HeldSignals. `run` must outlive it. Messages are written
/// aside from here on: no reader holds up what it does. The constructor throws ThreadError.
class Terminal {
 public:
  Terminal(Run& run, const Options& options);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  /// Prints one complete line on stderr, above the progress bar. Any thread.
  void say(const std::string& line);

 private:
  std::jthread start_watch();
  void watch();
  void take_signal(int signal);
  void toggle_pause();
  void stop(int signal);
  void leave_when_stuck();
  void leave_when_told_twice();
  [[noreturn]] void leave(ExitCode code, std::string_view why);
  void show();
  void show_bar(const std::string& line);
  void say_notices();

  Run& run_;
  const std::int64_t stopping_ticks_max_;
  const ProgressForm form_;
  const bool quiet_;
  std::atomic<bool> ended_{false};
  std::mutex line_mutex_;  // guards line_open_, and the order of the output
  bool line_open_ = false;
  int ticks_ = 0;
  std::int64_t stopping_ticks_ = 0;
  int ticks_since_told_twice_ = 0;
  int last_signal_ = 0;
  int signals_ = 0;
  std::size_t notices_said_ = 0;
  RateMeter meter_;
  std::jthread thread_;
};

}  // namespace amend::cli
