#include "amend/report/reading.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <filesystem>

#include "amend/reporter/log_reading.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/run_view.hpp"
#include "report/bounded_lines.hpp"
#include "report/comparison_reading.hpp"
#include "report/error_groups.hpp"
#include "report/example_values.hpp"
#include "report/load_series.hpp"
#include "report/outcome_series.hpp"
#include "report/page_parts.hpp"
#include "report/record_glance.hpp"
#include "report/slowest_rows.hpp"
#include "reporter/json_reading.hpp"

namespace amend::report {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t files_max = 100;
constexpr std::size_t errors_shown = 100;

// A process that records its run begins to within a moment of beginning the run.
constexpr std::chrono::seconds first_start_latest{10};

json::object object_at(const json::object& members, std::string_view name) {
  const json::value* value = members.if_contains(name);
  return value && value->is_object() ? value->get_object() : json::object();
}

std::chrono::nanoseconds ms_in(const json::object& members, std::string_view name) {
  const json::value* value = members.if_contains(name);
  if (!value || !value->is_number()) return std::chrono::nanoseconds(0);
  constexpr double most = 1e12;  // 30 years
  return std::chrono::nanoseconds(
      static_cast<std::int64_t>(std::clamp(value->to_number<double>(), 0.0, most) * 1e6 + 0.5));
}

Latency latency_in(const json::object& members) {
  Latency latency;
  latency.p50 = ms_in(members, "p50");
  latency.p90 = ms_in(members, "p90");
  latency.p99 = ms_in(members, "p99");
  latency.p999 = ms_in(members, "p999");
  latency.max = ms_in(members, "max");
  return latency;
}

/// Reads one run, file by file, into a picture.
class Reading {
 public:
  Reading(const std::string& directory, Values values)
      : directory_(directory), values_(values), record_(read_run(directory)), errors_(values) {}

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
  void take_head() {
    const Config& config = record_.config;
    const std::string text = content_of(directory_ + "/run.json");
    picture_.version = text_in(object_in(text), "version");
    picture_.task = config.task;
    picture_.applies = config.sends();
    picture_.input = record_.input.path;
    picture_.input_bytes = record_.input.size;
    picture_.url = config.target.url;
    picture_.parent = record_.parent;
    picture_.settings = settings_in(text);
    picture_.started_at = parse_time(record_.started_at).value_or(RunClock::Wall());
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

  // By the log: of a process that recorded no timeline, an older amend perhaps.
  RunTime time_worked_until(RunClock::Wall next_start) const {
    RunClock::Wall last = picture_.started_at;
    GlanceReader glances;
    read_log(directory_, [&](const JournalRecord& record) {
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
    const LogState log = read_log(directory_, [this](const JournalRecord& record) { take_record(record); });
    picture_.outcomes = outcomes_.points();
    picture_.latency_bars = latency_bars(outcomes_.latencies());
    picture_.latency_bars_of = "the last attempt of each row, if that attempt got a response";
    if (outcomes_.latencies().count() > 0)
      picture_.latencies.emplace_back("log", "last attempt of each row (results log)", Latency(outcomes_.latencies()));
    picture_.slowest = slowest_.rows();
    picture_.elapsed = std::max({load_.reached(), outcomes_.reached(), ended_});
    picture_.ended_at = last_at_;
    picture_.checks.emplace_back("records in results.ndjson", grouped(log.records));
    picture_.checks.emplace_back("complete records, size", grouped(log.end.bytes) + " bytes");
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
    const json::object summary = object_in(content_of(directory_ + "/summary.json"));
    picture_.standing = standing(summary);
    if (picture_.standing == Standing::goes_on || summary.empty()) return take_recorded_requests();
    if (const auto code = number_in(summary, "exit_code")) picture_.exit_code = static_cast<int>(*code);
    picture_.stop_reason = text_in(summary, "stop_reason");
    picture_.unsent = number_in(object_at(summary, "rows"), "unsent");
    picture_.overtaken = number_in(summary, "overtaken");
    const json::object requests = object_at(summary, "requests");
    for (const auto& member : requests)
      if (const auto count = number_in(requests, member.key())) picture_.requests.emplace_back(member.key(), *count);
    if (clock_->processes() > 1) picture_.requests_of = since_resumed;
    const json::object latency = object_at(summary, "latency_ms");
    add_latency("service", service_of(picture_), object_at(latency, "service"));
    add_latency("queued", queued_of(picture_), object_at(latency, "queued"));
    take_notices(summary);
    if (const auto log_bytes = number_in(summary, "log_bytes"))
      picture_.checks.emplace_back("size on disk when the run ended", grouped(*log_bytes) + " bytes");
  }

  void add_latency(std::string name, std::string of, const json::object& members) {
    if (const Latency latency = latency_in(members); latency.max.count() > 0)
      picture_.latencies.emplace_back(std::move(name), std::move(of), latency);
  }

  // Those that the timeline does not have: what was said behind its last look, or where it could not be written.
  void take_notices(const json::object& summary) {
    const json::value* notices = summary.if_contains("notices");
    if (!notices || !notices->is_array()) return;
    for (const json::value& notice : notices->get_array()) {
      if (!notice.is_string() || picture_.notices.size() >= notices_max) continue;
      const std::string text(notice.get_string());
      if (std::ranges::find(picture_.notices, text, &Notice::text) == picture_.notices.end())
        picture_.notices.emplace_back().text = text;
    }
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

  Standing standing(const json::object& summary) const {
    if (RunDirectory::is_held(directory_)) return Standing::goes_on;
    std::error_code error;
    if (!picture_.applies && fs::exists(directory_ + "/plan.ndjson", error)) return Standing::compared;
    if (summary.empty()) return Standing::killed;
    const bool whole =
        text_in(summary, "stop_reason").empty() && number_in(object_at(summary, "rows"), "unsent").value_or(1) == 0;
    return whole ? Standing::finished : Standing::stopped;
  }

  void take_chain() {
    const fs::path own = fs::path(directory_ + "/").lexically_normal().parent_path().filename();
    try {
      for (const RunHead& run : chain_of(directory_))
        if (run.directory != directory_ && fs::path(run.record.parent).filename() == own)
          picture_.retries.push_back(run.directory);
      for (const std::string& retry : unreadable_retries_beside(directory_, [](std::uint64_t) { return std::nullopt; }))
        picture_.warnings.push_back(retry +
                                    ": run.json is damaged or missing. This directory may contain a later retry of the "
                                    "run. Restore its run.json from a backup.");
    } catch (const ConfigError& error) {
      picture_.warnings.push_back(std::string("amend cannot find out whether this run was retried: ") + error.what());
    }
    if (const auto by = undone_by(directory_)) picture_.warnings.push_back("The run " + *by + " undid this run.");
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
  RunRecord record_;
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
