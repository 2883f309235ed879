// What shows and steers a run from outside of it: the control socket, the metrics file, the metrics endpoint and the
// dashboard. Layer 5. Owns one thread, with an io_context of its own, from construction to destruction; of the run it
// only calls what Pipeline offers to any thread.
//
// Nobody outside can hold the run up or change how it ends: clients have deadlines, and what fails here is said once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "amend/pipeline.hpp"
#include "cli/options.hpp"

namespace amend::cli {

class Console {
 public:
  /// Says a line to the person who started the run; called from the Console's thread too.
  using Say = std::function<void(const std::string& line)>;

  /// Waits for the run directory, then begins. `pipeline` must outlive it; no signal may be open to the new thread
  /// (hold_signals). Throws ConfigError naming --metrics-file, --metrics-listen or --dashboard when it cannot be had.
  Console(Pipeline& pipeline, const Options& options, Say say);

  /// Removes the socket, writes the metrics a last time and lets all clients go at once.
  ~Console();

  /// The run has ended so: what those who look at it are told last. Without it they are told that it broke off.
  void end(const Summary& summary);

  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::cli
