// What shows and steers a run from outside of it: the control socket, the metrics file, the metrics endpoint and the
// dashboard. Layer 5. Owns one thread from construction to destruction, with the io_context of its outputs; of the run
// it only calls what Run offers to any thread.
//
// Nobody outside can hold the run up or change how it ends: clients have deadlines, and what fails here is said once.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "amend/run.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// What --metrics-file, --metrics-listen and --dashboard name, had before anything else is done: whoever comes to a
/// port waits until the run begins. One thread; for one Console at most.
class ConsoleOutputs {
 public:
  /// Starts no thread. Throws ConfigError naming --metrics-file, --metrics-listen or --dashboard when it cannot be had.
  explicit ConsoleOutputs(const Options& options);
  ~ConsoleOutputs();
  ConsoleOutputs(const ConsoleOutputs&) = delete;
  ConsoleOutputs& operator=(const ConsoleOutputs&) = delete;

 private:
  friend class Console;
  class Impl;
  std::unique_ptr<Impl> impl_;
};

class Console {
 public:
  /// Says a line to the person who started the run; called from the Console's thread too.
  using Say = std::function<void(const std::string& line)>;

  /// Says the addresses, waits for the run directory, then begins. `run` and `outputs` must outlive it; no signal
  /// may be open to the new thread (HeldSignals). Throws ThreadError.
  Console(Run& run, const Options& options, ConsoleOutputs& outputs, Say say);

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
