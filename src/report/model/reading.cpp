#include "amend/report/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "amend/run/log_reading.hpp"
#include "amend/run/run_chain.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/run_status.hpp"
#include "report/charts/load_series.hpp"
#include "report/charts/outcome_series.hpp"
#include "report/model/bounded_lines.hpp"
#include "report/model/comparison_reading.hpp"
#include "report/model/example_values.hpp"
#include "report/model/record_glance.hpp"
#include "report/page/error_groups.hpp"
#include "report/page/page_parts.hpp"
#include "report/page/slowest_rows.hpp"
#include "report/summary_in_picture.hpp"
#include "row/utc_time.hpp"
#include "run/json_reading.hpp"
#include "run/run_place.hpp"

namespace amend::report {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t files_max = 100;
constexpr std::size_t errors_shown = 100;

// A process begins its timeline at most this long after the run.
constexpr std::chrono::seconds first_start_latest{10};

/// Reads one run, file by file, into a picture.
class Reading {
 public:
  Reading(const std::string& directory, Values values) : directory_(directory), values_(values), errors_(values) {
    read_chain();
    summary_ = chain_ ? chain_->asked().summary : read_summary(directory);
  }

  RunPicture read() {
    picture_.directory = directory_;
    picture_.shows_values = values_ == Values::shown;
    take_head();
    take_timeline();
    take_comparison();
    take_log();
    take_summary();
    take_chain();
    take_files();
    picture_.error_codes = errors_.codes();
    picture_.rows_with_error = errors_.rows();
    picture_.errors = errors_.worst(errors_shown);
    if (values_ == Values::shown) add_example_values(directory_, picture_.errors);
    return std::move(picture_);
  }

 private:
  // A run is shown although a run of its chain is missing or damaged.
  void read_chain() {
    try {
      chain_.emplace(directory_);
      text_ = chain_->asked_text();
    } catch (const ConfigError& error) {
      chain_error_ = error.what();
      text_ = content_of(directory_ + "/run.json");
      if (text_.empty()) throw;
    }
    record_ = read_run_json(text_);
  }

  void take_head() {
    const Config& config = record_.config;
    picture_.version = config.version;
    picture_.task = config.task;
    picture_.applies = config.sends();
    picture_.input = record_.input.path;
    picture_.input_bytes = record_.input.size;
    picture_.url = config.target.url;
    picture_.parent = record_.parent;
    picture_.settings = settings_in(text_);
    picture_.started_at = parse_utc(record_.started_at).value_or(RunClock::Wall());
  }

  void take_timeline() {
    BoundedLines lines(directory_ + "/" + std::string(timeline_name), timeline_line_max);
    while (const auto line = lines.next())
      if (const auto entry = read_timeline_line(*line)) take_entry(*entry);
    if (!clock_) clock_.emplace(picture_.started_at);
    picture_.load = load_.history();
  }

  void take_entry(const TimelineEntry& entry) {
    if (entry.start) {
      take_start(*entry.start);
    } else if (entry.sample) {
      load_.add(*entry.sample);
      if (clock_) clock_->reach(load_.reached(), sample_interval(entry.sample->elapsed));
      last_at_ = std::max(last_at_.value_or(entry.sample->at), entry.sample->at);
    } else if (clock_ && picture_.notices.size() < notices_max) {
      Notice& notice = picture_.notices.emplace_back();
      notice.at_s = static_cast<double>(clock_->in_last(entry.at).count()) / 1e3;
      notice.text = entry.notice;
    }
  }

  void take_start(RunClock::Wall start) {
    if (!clock_ && picture_.started_at != RunClock::Wall() && start - picture_.started_at > first_start_latest) {
      load_.leave_out(time_worked_until(start));
      clock_.emplace(picture_.started_at);
    }
    load_.begin();
    if (clock_) {
      clock_->begin(start, load_.reached());
    } else {
      clock_.emplace(start);
    }
  }

  // By the log, for a process without a timeline (an older amend).
  RunTime time_worked_until(RunClock::Wall next_start) const {
    RunClock::Wall last = picture_.started_at;
    GlanceReader glances;
    read_log(directory_, summary_, [&](const JournalRecord& record) {
      const RecordGlance glance = glances.read(record);
      if (glance.at && *glance.at < next_start) last = std::max(last, *glance.at);
    });
    return std::chrono::floor<RunTime>(last - picture_.started_at);
  }

  void take_comparison() {
    if (!properties_of(picture_.task).has_plan) return;
    picture_.comparison = read_comparison(directory_, picture_.applies ? nullptr : &errors_);
  }

  void take_log() {
    const LogState log = read_log(directory_, summary_, [this](const JournalRecord& record) { take_record(record); });
    picture_.outcomes = outcomes_.points();
    picture_.latency_bars = latency_bars(outcomes_.latencies());
    picture_.latency_bars_of = "the last attempt of each row, if that attempt got a response";
    if (outcomes_.latencies().count() > 0)
      picture_.latencies.emplace_back("log", "last attempt of each row (results log)", Latency(outcomes_.latencies()));
    picture_.slowest = slowest_.rows();
    picture_.elapsed = std::max({load_.reached(), outcomes_.reached(), ended_});
    picture_.ended_at = last_at_;
    picture_.checks.emplace_back("records in results.ndjson", show_count(log.records));
    picture_.checks.emplace_back("complete records, size", show_count(log.end.bytes) + " bytes");
    picture_.checks.emplace_back("checksum of the last record (includes all records before it)",
                                 fmt::format("{:08x}", log.end.last_sum));
    if (log.torn_bytes > 0)
      picture_.warnings.push_back(
          fmt::format("{} bytes at the end of results.ndjson are not counted: a crash cut the last record, or amend is "
                      "writing it now.",
                      log.torn_bytes));
    picture_.log_was_changed = log.damaged_at.has_value();
    if (log.damaged_at)
      picture_.warnings.push_back(
          fmt::format("results.ndjson {}. This page counts only the records before the damage, so the totals are too "
                      "small. Restore the file from a backup.",
                      describe(log)));
  }

  void take_record(const JournalRecord& record) {
    ++picture_.rows_by_status[static_cast<std::size_t>(record.status)];
    const RecordGlance glance = glances_.read(record);
    if (!glance.error_code.empty()) errors_.add(glance.error_code, record.row, glance.at, record.text);
    if (!glance.drift.empty() && picture_.comparison) add_drift(*picture_.comparison, glance.drift);
    if (glance.at) last_at_ = std::max(last_at_.value_or(*glance.at), *glance.at);
    if (!glance.at) return;
    const RunTime at = clock_->at(*glance.at);
    ended_ = std::max(ended_, at);
    if (!glance.sent) return;
    outcomes_.add(at, record.status, glance.answered ? std::optional(glance.latency) : std::nullopt);
    slowest_.add(glance.latency, record);
  }

  void take_summary() {
    if (!summary_) summary_ = read_summary(directory_);  // it may have ended since
    picture_.status = status();
    if (picture_.status == RunStatus::running || !summary_) return take_recorded_requests();
    if (clock_->processes() > 1) picture_.requests_of = since_resumed;
    take(picture_, *summary_);
    for (const std::string& notice : summary_->notices) take_notice(notice);
    if (summary_->log_bytes)
      picture_.checks.emplace_back("size on disk when the run ended", show_count(*summary_->log_bytes) + " bytes");
  }

  // Those that the timeline does not have: printed after its last sample, or when it could not be written.
  void take_notice(const std::string& text) {
    if (picture_.notices.size() >= notices_max) return;
    if (std::ranges::find(picture_.notices, text, &Notice::text) == picture_.notices.end())
      picture_.notices.emplace_back().text = text;
  }

  // A run without a summary: what it has recorded until its last sample.
  void take_recorded_requests() {
    const LoadHistory& load = picture_.load;
    if (!load.recorded) return;
    picture_.requests = {{"attempts", load.requests},
                         {"retries", load.retries},
                         {"requeues", load.requeues},
                         {"throttled", load.throttled}};
    picture_.requests_of = "until the last sample of the timeline";
  }

  // The page shows damage of the log in its own words.
  RunStatus status() const {
    RunFacts facts = facts_of(directory_, record_, summary_);
    facts.is_damaged = false;
    return status_of(facts);
  }

  void take_chain() {
    if (chain_) take_retries(*chain_);
    if (!chain_error_.empty())
      picture_.warnings.push_back("amend cannot find out whether this run was retried: " + chain_error_);
    if (const auto by = undone_by(directory_)) picture_.warnings.push_back("The run " + *by + " undid this run.");
  }

  void take_retries(const RunChain& chain) {
    const fs::path own = place_of_run(directory_).filename();
    for (const RunHead& run : chain.runs())
      if (run.directory != directory_ && fs::path(run.record.parent).filename() == own)
        picture_.retries.push_back(run.directory);
    try {
      for (const std::string& retry : chain.unreadable_retries([](std::uint64_t) { return std::nullopt; }))
        picture_.warnings.push_back(retry +
                                    ": run.json is damaged or missing. This directory may contain a later retry of the "
                                    "run. Restore its run.json from a backup.");
    } catch (const ConfigError& error) {
      chain_error_ = error.what();
    }
  }

  void take_files() {
    std::error_code error;
    for (fs::directory_iterator at(directory_, error), end; !error && at != end && picture_.files.size() < files_max;
         at.increment(error)) {
      const std::string name = at->path().filename().string();
      std::error_code gone;
      if (name == "lock" || name.ends_with(".tmp") || !at->is_regular_file(gone)) continue;
      const auto bytes = at->file_size(gone);
      if (!gone) picture_.files.emplace_back(name, bytes);
    }
    std::ranges::sort(picture_.files);
  }

  static constexpr std::size_t notices_max = 100;

  std::string directory_;
  Values values_;
  std::optional<RunChain> chain_;  // nullopt: it cannot be read
  std::string chain_error_;
  std::string text_;  // of run.json
  RunRecord record_;
  std::optional<Summary> summary_;
  RunPicture picture_;
  ErrorGroups errors_;
  LoadSeries load_;
  OutcomeSeries outcomes_;
  SlowestRows slowest_;
  GlanceReader glances_;
  std::optional<RunClock> clock_;
  RunTime ended_{0};
  std::optional<RunClock::Wall> last_at_;
};

}  // namespace

RunPicture picture_of(const std::string& directory, Values values) { return Reading(directory, values).read(); }

}  // namespace amend::report
