#include "reconcile/sent_company_names.hpp"

#include <algorithm>
#include <filesystem>

#include "amend/run/result_log.hpp"
#include "amend/run/run_view.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "plan/comparison.hpp"
#include "plan/plan_reader.hpp"
#include "plan/plan_writer.hpp"
#include "reconcile/run_ledger.hpp"
#include "run/input_identity.hpp"
#include "start/row_walk.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

std::optional<std::uint64_t> company_name_in(std::string_view body) {
  const WantedFields sent(body);
  for (std::size_t i = 0; i < wonder::customer_field_count; ++i)
    if (wonder::customer_fields()[i].name == "company_name" && sent[i]) return content_hash(*sent[i]);
  return std::nullopt;
}

[[noreturn]] void refuse(const std::string& run, const std::string& why) {
  throw ConfigError(
      "--company-name journal: " + printable(run) + ": " + why +
      ": the company names that this run sent are unknown. Move the run directory away, or use --company-name always");
}

// A text that sorts after all times of the same second.
std::string later_than(const std::string& at) { return at.substr(0, 19) + "~"; }

}  // namespace

SentCompanyNames::SentCompanyNames(const std::string& folder, const Config& config) {
  for (const std::string& run : runs_that_sent(folder)) {
    try {
      const RunRecord record = amend::read_run(run);
      if (is_same_api(record.config, config)) read_run(run, record);
    } catch (const std::runtime_error& why) {
      refuse(run, why.what());
    }
  }
}

void SentCompanyNames::read_run(const std::string& run, const RunRecord& record) {
  const NamesByRow names = names_in(run, record);
  if (names && names->empty()) return;
  if (!names && !fs::exists(run + "/summary.json"))
    throw InputError("the run was killed, and its input is missing or changed");
  std::string last_at = record.started_at;
  std::uint64_t last_row = 0;
  RowSet recorded;
  const LogState log = read_log(run, [&](const JournalRecord& line) {
    recorded.insert(line.row);
    last_row = std::max(last_row, line.row);
    const RecordText text(line.text);
    last_at = text.at;
    if (!may_have_written(line, text) || (names && !names->contains(line.row))) return;
    Sent sent;
    sent.at = text.at;
    if (names && line.status == Status::success) sent.name = names->at(line.row).name;
    take(wonder::customer_key(text.id), sent);
  });
  if (log.damaged_at) throw InputError(std::string(result_log_name) + " " + describe(log));
  if (!names) return;
  // For rows that were in flight when the run ended. If it was killed, the time is unknown.
  Sent unknown;
  unknown.at = fs::exists(run + "/summary.json") ? later_than(last_at) : std::string("9999");
  for (const auto& [row, named] : *names)
    if (!recorded.contains(row) && row <= last_row + record.read_ahead_rows) take(named.customer, unknown);
}

SentCompanyNames::NamesByRow SentCompanyNames::names_in(const std::string& run, const RunRecord& record) const {
  std::unordered_map<std::uint64_t, Row> names;
  const auto add = [&](std::uint64_t row, std::string_view uuid, std::string_view body) {
    const auto name = company_name_in(body);
    if (!name) return;
    names[row].customer = wonder::customer_key(uuid);
    names[row].name = *name;
  };
  if (record.config.does().has_plan) {
    PlanReader plan(run + "/" + std::string(plan_name));
    PlannedRow row;
    while (plan.next(row) && row.row != 0)
      if (!row.body.empty()) add(row.row, row.id, row.body);
    return names;
  }
  try {
    refuse_one_time_input(record.config.input.file);
    const RunView view(run);
    RowWalk rows(record.config.input, record.config.mapping);
    while (rows.next()) {
      const std::uint64_t row = rows.position().row;
      if (view.status(row) && !view.same_content(row, rows.raw())) return std::nullopt;
      if (!rows.reason()) add(row, rows.key(), rows.body());
    }
    return names;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

void SentCompanyNames::take(std::uint64_t customer, const Sent& sent) {
  Sent& last = sent_[customer];
  if (last.at > sent.at) return;
  // Within a millisecond the order is unknown.
  const bool same_moment = last.at == sent.at;
  last.at = sent.at;
  last.name = same_moment && last.name != sent.name ? std::nullopt : sent.name;
}

std::optional<std::uint64_t> SentCompanyNames::of(std::string_view uuid) const {
  const auto found = sent_.find(wonder::customer_key(uuid));
  return found == sent_.end() ? std::nullopt : found->second.name;
}

}  // namespace amend
