#include "reconcile/run_ledger.hpp"

#include <charconv>
#include <filesystem>

#include "amend/run/log_reading.hpp"
#include "amend/run/recovery.hpp"
#include "amend/run/result_log.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "plan/plan_reader.hpp"
#include "plan/plan_writer.hpp"
#include "run/input_identity.hpp"
#include "run/run_place.hpp"
#include "start/row_walk.hpp"
#include "transport/target.hpp"

namespace amend {
namespace {

using Show = std::function<void(const RecordedRow&)>;

Drift drift_in(const RecordText& text) {
  Drift drift;
  for (const std::string& name : text.drift)
    for (std::size_t i = 0; i < drift.fields.size(); ++i)
      if (wonder::customer_fields()[i].name == name) drift.fields.set(i);
  std::from_chars(text.drift_mark.data(), text.drift_mark.data() + text.drift_mark.size(), drift.mark, 16);
  return drift;
}

// Rows outside a sample, and rows that the verified run had not made true, were skipped unread. For rows that were
// skipped because of a baseline, that baseline is the evidence. When it no longer exists, their state is unknown.
bool passes_over_for_certain(const Config& config) {
  const ReconcileConfig& how = config.reconcile;
  return config.does().compares_file && !how.baseline.empty() && how.sample_ppm == 0 &&
         std::filesystem::exists(how.baseline);
}

bool is_certain(const PlannedRow& row, const RunLedger& ledger, bool passed_over_is_certain) {
  if (row.sign == RowSign::same) return true;
  return row.sign == RowSign::passed_over ? passed_over_is_certain : ledger.is_certain(row.row);
}

void show_planned(const std::string& run, const RunLedger& ledger, const Show& show) {
  PlanReader plan(run + "/" + std::string(plan_name));
  PlannedRow planned;
  const bool passed_over_is_certain = passes_over_for_certain(ledger.record().config);
  while (plan.next(planned) && planned.row != 0) {
    const bool looked_at = planned.sign == RowSign::same || planned.sign == RowSign::passed_over;
    const bool may_be_sent = planned.sign == RowSign::differs && ledger.record().config.reconcile.apply;
    if (!planned.wants || !(looked_at || may_be_sent)) continue;
    RecordedRow row;
    row.certain = is_certain(planned, ledger, passed_over_is_certain);
    row.key = planned.key;
    row.wants = *planned.wants;
    show(row);
  }
}

void show_mapped(const RunLedger& ledger, const Show& show) {
  const Config& config = ledger.record().config;
  refuse_one_time_input(config.input.file);
  RowWalk rows(config.input, config.mapping);
  while (rows.next()) {
    const std::uint64_t number = rows.position().row;
    ledger.require_same_content(rows.position(), rows.raw());
    if (rows.reason() || !(ledger.is_true(number) || ledger.maybe_written(number))) continue;
    RecordedRow row;
    row.certain = ledger.is_certain(number);
    row.key = rows.key();
    row.wants = rows.wants();
    show(row);
  }
}

// One form for all spellings of --url: in capitals, with a slash at the end, with the port of its scheme. A URL that
// only an older amend accepted is not changed.
std::string address_of(const std::string& url) {
  TargetConfig config;
  config.url = url;
  config.allow_plain_http = true;
  try {
    const Target target = parse_target(config);
    return target.host + ":" + target.port + target.path_prefix;
  } catch (const ConfigError&) {
    return url;
  }
}

bool is_there(const std::filesystem::path& path) {
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  if (error && error != std::errc::not_a_directory)
    throw ConfigError(printable(path.string()) + ": " + error.message() + ": what this run sent is unknown");
  return there;
}

// When the run.json or the log of a run is missing, the other file shows that there was a run.
bool may_have_sent(const std::string& directory) {
  const bool has_log = is_there(directory + "/" + std::string(result_log_name));
  if (is_there(directory + "/run.json")) return has_log || log_was_shortened(directory);
  std::error_code error;
  return std::filesystem::is_regular_file(directory + "/" + std::string(result_log_name), error) &&
         read_log(directory, [](const JournalRecord&) {}).records > 0;
}

}  // namespace

bool may_have_written(const JournalRecord& record, const RecordText& text) {
  if (record.status == Status::success || record.status == Status::unknown) return true;
  if (record.status == Status::rejected || record.status == Status::superseded) return false;
  return !text.applied.empty() || !text.sent_before.empty();
}

bool is_same_api(const Config& a, const Config& b) {
  return a.auth.app_id == b.auth.app_id && address_of(a.target.url) == address_of(b.target.url);
}

std::string folder_of_runs(const Config& config) {
  if (config.run_directory.empty()) return "amend-runs";
  return place_of_run(config.run_directory).parent_path().string();
}

std::vector<std::string> baselines_of(const RunRecord& run) {
  std::vector<std::string> runs;
  std::error_code error;
  std::string at = run.config.reconcile.baseline;
  while (runs.size() < chain_max && std::filesystem::is_regular_file(at + "/run.json", error)) {
    runs.push_back(at);
    at = read_run(at).config.reconcile.baseline;
  }
  return runs;
}

std::vector<std::string> runs_that_sent(const std::string& folder) {
  namespace fs = std::filesystem;
  std::vector<std::string> runs;
  if (!is_there(folder)) return runs;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (may_have_sent(at->path().string())) runs.push_back(at->path().string());
  }
  if (error) throw ConfigError(printable(folder) + ": " + error.message());
  return runs;
}

RunLedger::RunLedger(const RunChain& chain) : view_(chain) {
  require_whole_logs(view_);
  view_.for_each_final([this](const FinalRecord& final) { take(final.record); });
}

void RunLedger::take(const JournalRecord& record) {
  recorded_.insert(record.row);
  if (record.status == Status::success || record.status == Status::unchanged) true_.insert(record.row);
  if (record.status == Status::rejected || record.status == Status::superseded) return;
  const RecordText text(record.text);
  if (may_have_written(record, text)) written_.insert(record.row);
  if (const Drift drift = drift_in(text); drift.fields.any()) drift_[record.row] = drift;
}

bool RunLedger::maybe_written(std::uint64_t row) const noexcept {
  if (recorded_.contains(row)) return written_.contains(row);
  return row <= view_.last_row() + view_.runs().back().record.read_ahead_rows;
}

Drift RunLedger::drift(std::uint64_t row) const {
  const auto found = drift_.find(row);
  return found == drift_.end() ? Drift() : found->second;
}

void RunLedger::require_same_content(const Position& position, std::string_view raw) const {
  if (recorded_.contains(position.row) && !view_.same_content(position.row, raw))
    refuse_other_row(record().config.input.file, position);
}

void for_each_recorded(const RunLedger& ledger, const Show& show) {
  const std::string& run = ledger.run().directory;
  if (!ledger.record().config.does().has_plan) return show_mapped(ledger, show);
  if (!std::filesystem::exists(run + "/" + std::string(plan_name))) return;
  require_sealed_plan(run);
  show_planned(run, ledger, show);
}

}  // namespace amend
