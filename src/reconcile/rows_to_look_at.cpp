#include "reconcile/rows_to_look_at.hpp"

#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <utility>

#include "amend/reader/check.hpp"
#include "amend/reader/id_index.hpp"
#include "plan/plan_seal.hpp"
#include "plan/planned_call.hpp"
#include "run/json_reading.hpp"

namespace amend {
namespace {

namespace json = boost::json;

constexpr std::uint64_t million = 1'000'000;

std::string sent_in(const json::object& line) {
  const json::value* sent = line.if_contains("sent");
  std::string text = sent != nullptr ? json::serialize(*sent) : std::string();
  if (!WantedFields::is_body(text) || number_in(line, "row").value_or(0) == 0)
    throw InputError("a line of rollback.ndjson is not in the form that amend writes");
  return text;
}

}  // namespace

RowToUndo::RowToUndo(std::string_view raw)
    : row(number_in(object_in(raw), "row").value_or(0)), sent_text(sent_in(object_in(raw))), sent(sent_text) {}

FieldSet RowToUndo::changed_since(const Comparison& comparison, const Drift& drift,
                                  const wonder::Customer& current) const {
  FieldSet changed = comparison.other_values(sent, current);
  if (drift.fields.any() && drift_mark(sent_text, drift.fields, current) == drift.mark) changed &= ~drift.fields;
  return changed;
}

RowsToLookAt::RowsToLookAt(const Input::Parts& input) : input_(input), config_(input.config) {
  const Config& config = config_;
  if (!config.reconcile.of_run.empty()) take_run(config.reconcile.of_run);
  const std::atomic<bool> never{false};
  CheckReport report = check_input(input.file, config.input, config.mapping, never);
  // Verify and undo read the rows as the earlier run did, so the encoding is checked for a compared file only.
  if (config.does().compares_file && report.encoding_trouble)
    throw encoding_error(config.input.file, *report.encoding_trouble);
  rows_ = report.rows;
  findings_ = std::move(report.findings);
  content_ = report.content;
  hidden_ = std::move(report.hidden);
  if (config.does().reads_back) hide_rows_made_untrue();
  if (!config.reconcile.baseline.empty()) baseline_.emplace(config, input.mapper.key());
  survey();
}

void RowsToLookAt::take_run(const std::string& run) {
  const Config& was = ledger_.emplace(RunChain(run)).record().config;
  compared_then_.emplace(was.reconcile);
  if (was.does().has_plan) require_sealed_plan(run);
}

// Of several rows of a customer, the API should have the values of the last one that succeeded.
void RowsToLookAt::hide_rows_made_untrue() {
  IdIndex ids(IdIndex::unbounded, input_.mapper.key());
  RowWalk rows = input_.rows();
  while (rows.next())
    if (!rows.reason() && ledger_->is_true(rows.position().row)) ids.add(rows.key(), rows.position().row);
  hidden_ = ids.hidden(Duplicates::last);
}

// Counts the rows to look at, and chooses spot checks among rows that match the baseline, each with the same
// probability.
void RowsToLookAt::survey() {
  const ReconcileConfig& config = config_.reconcile;
  wanted_ = rows_;
  if (!baseline_ && !ledger_ && config.sample_ppm == 0) return;
  wanted_ = 0;
  std::uint64_t settled = 0;
  std::uint64_t smallest = million;
  RowWalk rows = input_.rows();
  while (rows.next()) {
    const std::uint64_t row = rows.position().row;
    if (rows.reason() || is_hidden(row)) continue;
    if (is_recorded(rows)) {
      settle(rows, ++settled);
    } else if (contains(rows)) {
      ++wanted_;
    } else if (wanted_ == 0 && lot_of(row) < smallest && may_be_in_sample(rows)) {
      smallest = lot_of(row);
      row_for_sample_ = row;
    }
  }
  if (wanted_ > 0) row_for_sample_ = 0;
  if (row_for_sample_ > 0) wanted_ = 1;
  for (const SpotCheck& check : spot_checks_) spot_rows_.insert(check.row);
  wanted_ += spot_checks_.size();
}

// Reservoir sampling: the Nth row takes a given place with a probability of 1 in N.
void RowsToLookAt::settle(const RowWalk& rows, std::uint64_t settled) {
  const SpotCheck check(rows.position().row, rows.key(), rows.body());
  if (spot_checks_.size() < spot_checks_max) return spot_checks_.push_back(check);
  const std::uint64_t place = random_() % settled;
  if (place < spot_checks_max) spot_checks_[place] = check;
}

void RowsToLookAt::forget_baseline() {
  baseline_.reset();
  wanted_ = rows_;
}

bool RowsToLookAt::contains(const RowWalk& rows) const {
  const std::uint64_t row = rows.position().row;
  if (!is_in_sample(row)) return false;
  if (ledger_) return may_be_in_sample(rows);
  return looks_at_all_ || is_spot_check(row) || !is_recorded(rows);
}

bool RowsToLookAt::may_be_in_sample(const RowWalk& rows) const {
  if (config_.does().restores) return ledger_->maybe_written(RowToUndo(rows.raw()).row);
  ledger_->require_same_content(rows.position(), rows.raw());
  return ledger_->is_true(rows.position().row);
}

bool RowsToLookAt::is_in_sample(std::uint64_t row) const noexcept {
  const std::uint32_t ppm = config_.reconcile.sample_ppm;
  return ppm == 0 || row == row_for_sample_ || lot_of(row) < ppm;
}

// Returns the same rows for the same seed.
std::uint64_t RowsToLookAt::lot_of(std::uint64_t row) const noexcept {
  const std::uint64_t words[] = {config_.reconcile.sample_seed, row};
  return content_hash(std::string_view(reinterpret_cast<const char*>(words), sizeof words)) % million;
}

}  // namespace amend
