// The parts of a Run. Three files: run.cpp makes the stages and runs them, run_steering.cpp shows the state of a run
// and controls it, run_ending.cpp accounts for every row.
//
// *Threads. Errors. Bounds. Lifetime. Source.* Those of Run.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "amend/run.hpp"
#include "amend/run/run_directory.hpp"
#include "engine/engine.hpp"
#include "reader/reader.hpp"
#include "reporter/reporter.hpp"
#include "start/input_parts.hpp"
#include "start/overtaken.hpp"

namespace amend {

class Run::Impl {
 public:
  explicit Impl(Job job);

  Summary execute();
  void stop(StopCause cause) noexcept;
  void drain();
  const Metrics& metrics() const noexcept { return metrics_; }
  std::vector<std::string> notices(std::size_t from) const { return control_.notices(from); }
  RunState state() const;
  void pause() noexcept { admission_.pause(std::chrono::steady_clock::now()); }
  void unpause() noexcept;
  void set_rate(const RateSetting& rate);
  std::uint32_t set_connections(std::uint32_t connections);
  std::optional<ExitCode> stopping() const {
    return stages_run_ && control_.draining() ? std::optional(exit_code(control_.cause())) : std::nullopt;
  }

 private:
  void check_input();
  std::vector<std::unique_ptr<Sink>> open_sinks();
  void take_plan() const;
  void write_head() const;
  void publish_directory();
  std::string published_directory() const;
  void run_stages(Reader& reader, Reporter& reporter);
  std::jthread start_timeline();
  void record_timeline(const std::stop_token& over);
  ConnectionState connection() const;
  void add_admission(RunState& state) const;
  std::optional<std::uint64_t> write_unsent(const Reporter& reporter);
  void check_sums(const Reader& reader, const Reporter& reporter);
  Overtaken settle_retry_files();
  void settle_runs_before();
  void settle_run_before(const RunHead& before, const RowSet& lines);
  Summary summarise(const Reporter& reporter, std::optional<std::uint64_t> unsent);
  void write_summary(Summary& summary) const;

  Job job_;
  Input::Parts& input_;
  const Config& config_;
  Metrics metrics_;
  AdmissionControl admission_;
  Engine engine_;
  RunControl& control_;
  bool executed_ = false;
  std::atomic<bool> stop_asked_{false};
  std::atomic<bool> stages_run_{false};
  std::atomic<bool> log_closed_{false};
  std::chrono::system_clock::time_point started_at_{};
  std::chrono::steady_clock::time_point started_{};
  mutable std::mutex mutex_;   // guards run_directory_
  std::string run_directory_;  // empty until the rows recorded there are counted
};

}  // namespace amend
