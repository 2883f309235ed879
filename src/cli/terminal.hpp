// Watches a run from beside it: shows progress, and turns SIGINT and SIGTERM into `Pipeline::stop`. Layer 5.
#pragma once

#include <atomic>
#include <cstdint>
#include <thread>

#include "amend/pipeline.hpp"
#include "cli/options.hpp"
#include "cli/progress.hpp"

namespace amend::cli {

/// For the time before a run, when there is nothing to drain: SIGINT ends the process with 130, SIGTERM and SIGHUP with
/// 143, at once. A signal that is ignored stays so. `hold_signals` takes its place.
void exit_on_signals();

/// Call before any thread exists, so that all inherit it: SIGINT and SIGTERM then wait for the Terminal.
void hold_signals();

/// The form that `automatic` becomes: bar when stderr is a terminal (and not a dumb one), else plain; none when quiet.
ProgressForm progress_form(const Options& options);

/// Owns one thread from construction to destruction; needs `hold_signals` before. `pipeline` must outlive it.
class Terminal {
 public:
  Terminal(Pipeline& pipeline, const Options& options);
  ~Terminal();
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

 private:
  void watch();
  void take_signal(int signal);
  void leave_when_stuck();
  void show();
  void say_notices();
  void say(const std::string& line);

  Pipeline& pipeline_;
  const std::int64_t stopping_ticks_max_;
  const std::uint64_t rows_limit_;
  const ProgressForm form_;
  std::atomic<bool> ended_{false};
  bool line_open_ = false;
  int ticks_ = 0;
  std::int64_t stopping_ticks_ = 0;
  int signals_ = 0;
  std::size_t notices_said_ = 0;
  RateMeter meter_;
  std::thread thread_;
};

}  // namespace amend::cli
