#include "pipeline/rows_to_look_at.hpp"

#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "amend/reader/id_index.hpp"
#include "amend/reader/preflight.hpp"
#include "pipeline/planned_call.hpp"
#include "reporter/json_reading.hpp"

namespace amend {
namespace {

namespace json = boost::json;

constexpr std::uint64_t million = 1'000'000;

std::string sent_in(const json::object& line) {
  const json::value* sent = line.if_contains("sent");
  std::string text = sent != nullptr ? json::serialize(*sent) : std::string();
  if (!WantedFields::is_body(text) || number_in(line, "row").value_or(0) == 0)
    throw InputError("a line of rollback.ndjson is not what amend writes there");
  return text;
}

}  // namespace

RowToUndo::RowToUndo(std::string_view raw)
    : row(number_in(object_in(raw), "row").value_or(0)), sent_text(sent_in(object_in(raw))), sent(sent_text) {}

FieldSet RowToUndo::changed_since(const Drift& drift, const wonder::Customer& current) const {
  FieldSet changed = other_values(sent, current);
  if (drift.fields.any() && drift_mark(sent_text, drift.fields, current) == drift.mark) changed &= ~drift.fields;
  return changed;
}

RowsToLookAt::RowsToLookAt(const Config& config, CustomerKey names) : config_(config), names_(names) {
  if (!config.reconcile.of_run.empty()) ledger_.emplace(config.reconcile.of_run);
  const std::atomic<bool> never{false};
  Preflight preflight(config.input, config.mapping);
  const PreflightReport report = preflight.run(never);
  rows_ = report.rows;
  content_ = report.content;
  hidden_ = std::move(preflight.hidden());
  if (config.task == Task::verify) hide_rows_made_untrue();
  if (!config.reconcile.baseline.empty()) baseline_.emplace(config, names);
}

// Of several rows of a customer the last one that succeeded is what the API is to hold.
void RowsToLookAt::hide_rows_made_untrue() {
  IdIndex ids(IdIndex::unbounded, names_);
  MappedRows rows(config_.input, config_.mapping);
  while (rows.next())
    if (!rows.reason() && ledger_->is_true(rows.position().row)) ids.add(rows.key(), rows.position().row);
  hidden_ = ids.hidden(Duplicates::last);
}

bool RowsToLookAt::contains(const MappedRows& rows) const {
  const std::uint64_t row = rows.position().row;
  if (!is_in_sample(row)) return false;
  if (config_.task == Task::undo) return ledger_->maybe_written(RowToUndo(rows.raw()).row);
  if (config_.task == Task::verify) {
    ledger_->refuse_other_content(row, rows.raw());
    return ledger_->is_true(row);
  }
  return !baseline_ || !baseline_->has(rows.key(), rows.wants());
}

// The same rows whenever the seed is the same.
bool RowsToLookAt::is_in_sample(std::uint64_t row) const noexcept {
  const std::uint32_t ppm = config_.reconcile.sample_ppm;
  if (ppm == 0) return true;
  const std::uint64_t words[] = {config_.reconcile.sample_seed, row};
  return content_hash(std::string_view(reinterpret_cast<const char*>(words), sizeof words)) % million < ppm;
}

}  // namespace amend
