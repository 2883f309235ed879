// What shows and steers a run from outside of it: the control socket, the metrics file, the metrics endpoint and the
// dashboard. Layer 5. Owns one thread from construction to destruction, with the io_context of its outputs; of the run
// it only calls what Run offers to any thread.
//
// No client can delay the run or change its result. Clients have deadlines, and a failure here is reported once.
//
// Threads: owns one from construction to destruction, with the io_context of its outputs. Of the run it calls only
// functions that Pipeline offers to any thread. Source: layer 5.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "amend/run.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// Opens the outputs of --metrics-file, --metrics-listen and --dashboard before any other step. A client of a port
/// waits until the run begins.
///
/// Threads: one. Lifetime: for at most one Console.
class ConsoleOutputs {
 public:
  /// Starts no thread. Throws ConfigError, which names the option of an output that cannot be opened.
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
  /// Shows a line to the operator who started the run. It is called on the Console's thread too.
  using Say = std::function<void(const std::string& line)>;

  /// Says the addresses, waits for the run directory, then begins. `run` and `outputs` must outlive it; no signal
  /// may be open to the new thread (HeldSignals). Throws ThreadError.
  Console(Run& run, const Options& options, ConsoleOutputs& outputs, Say say);

  /// Removes the socket, writes the metrics a last time, and ends all connections immediately.
  ~Console();

  /// Gives the final state to the pages. Without this call, they show that the run broke off.
  void end(const Summary& summary);

  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::cli
