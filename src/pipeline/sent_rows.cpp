#include "pipeline/sent_rows.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "amend/reporter/recovery.hpp"
#include "amend/reporter/run_view.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "pipeline/mapped_rows.hpp"
#include "pipeline/plan_reader.hpp"
#include "pipeline/plan_writer.hpp"
#include "pipeline/resumption.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t runs_max = 1000;
const std::size_t company_name = static_cast<std::size_t>(
    std::ranges::find(wonder::customer_fields(), std::string_view("company_name"), &wonder::FieldRule::name) -
    wonder::customer_fields().begin());

using Show = std::function<void(const SettledRow&)>;

void refuse_damaged_logs(const RunView& view) {
  for (const RunHead& run : view.runs())
    if (run.log.damaged_at) refuse_damaged(run.directory, *run.log.damaged_at);
}

bool is_certain(const PlannedRow& row, const ReconcileConfig& config, std::optional<Status> status) {
  if (row.sign == RowSign::same) return true;
  // A row outside a sample was passed over unseen.
  if (row.sign == RowSign::passed_over) return config.sample_ppm == 0;
  return status == Status::success || status == Status::unchanged;
}

void show_planned(const RunView& view, const Show& show) {
  const RunHead& run = view.asked();
  const Config& config = run.record.config;
  PlanReader plan(run.directory + "/" + std::string(plan_name));
  PlannedRow planned;
  while (plan.next(planned) && planned.row != 0) {
    const bool of_interest =
        planned.sign == RowSign::same || planned.sign == RowSign::passed_over || planned.sign == RowSign::differs;
    if (!of_interest || !planned.wants) continue;
    if (planned.sign == RowSign::differs && !config.reconcile.apply) continue;
    SettledRow row;
    row.row = planned.row;
    row.certain = is_certain(planned, config.reconcile, view.status(planned.row));
    row.key = planned.key;
    row.id = planned.id;
    row.body = planned.body;
    row.wants = *planned.wants;
    show(row);
  }
}

void show_mapped(const RunView& view, const Show& show) {
  const Config& config = view.asked().record.config;
  MappedRows rows(config.input, config.mapping);
  while (rows.next()) {
    const std::uint64_t number = rows.position().row;
    const auto status = view.status(number);
    if (rows.reason() || !status || *status == Status::rejected || *status == Status::superseded) continue;
    if (!view.same_content(number, rows.raw()))
      throw InputError(printable(config.input.file) + ": row " + std::to_string(number) +
                       " is not what it was when its result was recorded");
    SettledRow row;
    row.row = number;
    row.certain = is_well(*status);
    row.key = row.id = rows.key();
    row.body = rows.body();
    row.wants = rows.wants();
    show(row);
  }
}

}  // namespace

void for_each_settled(const std::string& run, const Show& show) {
  const RunView view(run);
  refuse_damaged_logs(view);
  if (view.asked().record.config.task == Task::update) return show_mapped(view, show);
  if (fs::exists(run + "/" + std::string(plan_name))) show_planned(view, show);
}

WrittenRows::WrittenRows(const std::string& run) {
  const RunView view(run);
  refuse_damaged_logs(view);
  view.for_each_final([&](const FinalRecord& final) {
    const JournalRecord& record = final.record;
    recorded_.insert(record.row);
    if (record.status == Status::success || record.status == Status::unchanged) true_.insert(record.row);
    if (record.status == Status::rejected || record.status == Status::superseded) return;
    const RecordText text(record.text);
    const bool left_alone = record.status == Status::unchanged && text.sent_before.empty();
    const bool refused = record.status == Status::failed && text.applied.empty();
    if (!left_alone && !refused) written_.insert(record.row);
    FieldSet drift;
    for (const std::string& name : text.drift)
      for (std::size_t i = 0; i < drift.size(); ++i)
        if (wonder::customer_fields()[i].name == name) drift.set(i);
    if (drift.any()) drifted_[record.row] = drift;
  });
  maybe_sent_until_ = amend::maybe_sent_until(view.last_row(), view.asked().record.config.pace);
}

bool WrittenRows::maybe_written(std::uint64_t row) const noexcept {
  return recorded_.contains(row) ? written_.contains(row) : row <= maybe_sent_until_;
}

FieldSet WrittenRows::drifted(std::uint64_t row) const {
  const auto found = drifted_.find(row);
  return found == drifted_.end() ? FieldSet() : found->second;
}

SentCompanyNames::SentCompanyNames(const std::string& folder) {
  std::vector<std::pair<std::string, std::string>> runs;  // when it began, where it is
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end && runs.size() < runs_max;
       at.increment(error)) {
    if (!fs::exists(at->path() / "run.json", error)) continue;
    try {
      runs.emplace_back(read_run(at->path().string()).started_at, at->path().string());
    } catch (const ConfigError&) {
      // Of another version.
    }
  }
  std::ranges::sort(runs);
  for (const auto& [started_at, run] : runs) {
    try {
      for_each_settled(run, [this](const SettledRow& row) { take(row); });
    } catch (const std::runtime_error&) {
      // Its input is gone, or is another one by now.
    }
  }
}

// The last run that has sent one says what it is; when nobody knows whether it was taken, nobody knows what it is.
void SentCompanyNames::take(const SettledRow& row) {
  if (row.body.empty()) return;
  const WantedFields sent(row.body);
  if (!sent[company_name]) return;
  if (row.certain) {
    names_[wonder::customer_key(row.id)] = content_hash(*sent[company_name]);
  } else {
    names_.erase(wonder::customer_key(row.id));
  }
}

std::optional<std::uint64_t> SentCompanyNames::of(std::string_view uuid) const {
  const auto found = names_.find(wonder::customer_key(uuid));
  return found == names_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace amend
