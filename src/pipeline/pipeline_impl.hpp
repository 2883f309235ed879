// The pipeline's inside. Three files: pipeline.cpp makes the stages and runs them, pipeline_steering.cpp tells what a
// run is doing and changes how it goes on, pipeline_ending.cpp adds up what has come of it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "amend/pipeline.hpp"
#include "amend/reader/input_file.hpp"
#include "amend/reader/mapper.hpp"
#include "amend/reader/preflight.hpp"
#include "amend/reader/reader.hpp"
#include "amend/reader/source.hpp"
#include "amend/reporter/reporter.hpp"
#include "amend/reporter/run_directory.hpp"
#include "engine/engine.hpp"
#include "pipeline/input_identity.hpp"
#include "pipeline/job.hpp"
#include "pipeline/overtaken.hpp"
#include "pipeline/run_head.hpp"

namespace amend {

class Pipeline::Impl {
 public:
  Impl(const Config& config, Credentials credentials);

  const Plan& plan() const noexcept { return plan_; }
  PreflightReport preflight();
  void accept_findings() noexcept { config_.input.accept_findings = true; }
  ResumeReport recover(ChangedOptions changed);
  RetryReport retry(const std::string& run, const RetryChoice& choice, ChangedOptions changed);
  void before_start(std::function<void()> look) { before_start_ = std::move(look); }
  void go_on_in(std::unique_ptr<RunDirectory> run) {
    job_.directory = std::move(run);
    brake_.refusals().accepted();  // what is planned was read from the API by this process
  }
  Summary run();
  std::string run_directory() const;
  void stop(StopCause cause) noexcept;
  void drain();
  const Metrics& metrics() const noexcept { return metrics_; }
  std::vector<std::string> notices(std::size_t from) const { return control_.notices(from); }
  RunState state() const;
  ConnectionState connection() const;
  void pause() noexcept { brake_.pause(std::chrono::steady_clock::now()); }
  void unpause() noexcept;
  bool paused() const noexcept { return brake_.paused(); }
  void set_rate(const RateSetting& rate);
  std::uint32_t set_connections(std::uint32_t connections);
  bool log_closed() const noexcept { return log_closed_; }
  std::optional<ExitCode> stopping() const {
    return stages_run_ && control_.draining() ? std::optional(exit_code(control_.cause())) : std::nullopt;
  }

 private:
  std::unique_ptr<ApiCall> make_call() const;
  bool applies_plan() const noexcept { return config_.task != Task::update; }
  void look_ahead();
  void take(Job job);
  void write_head(const RunDirectory& run) const;
  std::vector<std::unique_ptr<Sink>> open_sinks(const Recovery& before);
  ReaderRules rules(const Recovery& before) const;
  void refuse_other_input() const;
  void show_directory(const RunDirectory& run);
  void run_stages(Reader& reader, Reporter& reporter);
  std::jthread start_timeline();
  void record_timeline(const std::stop_token& over);
  std::optional<std::uint64_t> write_unsent(const RunDirectory& run, const Reporter& reporter);
  void tell_brake(RunState& state) const;
  void check_sums(const Reader& reader, const Reporter& reporter);
  Overtaken settle_retry_files(const RunDirectory& run);
  void settle_runs_before(const RunDirectory& run);
  void settle_run_before(const RunDirectory& before, const RowSet& lines);
  Summary summarise(const Reporter& reporter, std::optional<std::uint64_t> unsent);
  void write_summary(const RunDirectory& run, Summary& summary) const;

  Config config_;
  Credentials credentials_;
  Target target_;
  InputFile file_;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Mapper> mapper_;
  Plan plan_;
  Metrics metrics_;
  Brake brake_;
  Job job_;
  Engine engine_;
  RunControl& control_;
  InputIdentity identity_;              // of what source_ reads
  std::optional<ContentRead> content_;  // of the file, where it was checked
  bool looked_ahead_ = false;
  std::function<void()> before_start_;
  std::atomic<bool> stop_asked_{false};
  std::atomic<bool> stages_run_{false};
  std::atomic<bool> log_closed_{false};
  std::chrono::system_clock::time_point started_at_{};
  std::chrono::steady_clock::time_point started_{};
  mutable std::mutex mutex_;  // guards run_directory_
  std::string run_directory_;
};

}  // namespace amend
