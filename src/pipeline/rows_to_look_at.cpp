#include "pipeline/rows_to_look_at.hpp"

#include <atomic>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "amend/reader/preflight.hpp"
#include "reporter/json_reading.hpp"

namespace amend {
namespace {

namespace json = boost::json;

constexpr std::uint64_t million = 1'000'000;

std::string sent_in(const json::object& line) {
  const json::value* sent = line.if_contains("sent");
  if (sent == nullptr || !sent->is_object())
    throw InputError("a line of rollback.ndjson is not what amend writes there");
  return json::serialize(*sent);
}

}  // namespace

RowToUndo::RowToUndo(std::string_view raw)
    : row(number_in(object_in(raw), "row").value_or(0)), sent(sent_in(object_in(raw))) {}

RowsToLookAt::RowsToLookAt(const Config& config, CustomerKey names) : config_(config) {
  const std::atomic<bool> never{false};
  Preflight preflight(config.input, config.mapping);
  rows_ = preflight.run(never).rows;
  hidden_ = std::move(preflight.hidden());
  if (!config.reconcile.baseline.empty()) baseline_.emplace(config, names);
  if (!config.reconcile.of_run.empty()) written_.emplace(config.reconcile.of_run);
}

bool RowsToLookAt::contains(const MappedRows& rows) const {
  const std::uint64_t row = rows.position().row;
  if (!is_in_sample(row)) return false;
  if (config_.task == Task::undo) return written_->maybe_written(RowToUndo(rows.raw()).row);
  if (config_.task == Task::verify) return written_->is_true(row);
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
