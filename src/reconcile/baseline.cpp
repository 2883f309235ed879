#include "reconcile/baseline.hpp"

#include <algorithm>
#include <filesystem>

#include "amend/run/run_directory.hpp"
#include "amend/run/summary.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "reconcile/later_writes.hpp"
#include "reconcile/run_ledger.hpp"
#include "run/input_identity.hpp"
#include "start/row_walk.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

// No row wants this: it is the hash of an empty body.
std::uint64_t nothing() noexcept { return content_hash({}); }

[[noreturn]] void refuse_undone(const std::string& run, const std::string& by) {
  throw ConfigError("--baseline " + printable(run) + ": the customers were restored later by the run " + printable(by) +
                    ". Reconcile once without --baseline");
}

// A row that matched at another API, or by a looser comparison, is not evidence here.
void refuse_unlike(const Config& was, const Config& config) {
  const std::string& path = config.reconcile.baseline;
  const auto refuse = [&](std::string_view option) {
    throw ConfigError("--baseline " + printable(path) + ": that run had another " + std::string(option) +
                      ": its rows cannot be used as a baseline");
  };
  if (was.auth.app_id != config.auth.app_id) refuse("--app-id");
  if (!is_same_api(was, config)) refuse("--url");
  if (!was.does().has_plan) return;
  if (was.reconcile.company_name != config.reconcile.company_name) refuse("--company-name");
  if (was.reconcile.ignore_case != config.reconcile.ignore_case) refuse("--ignore-case");
  if (was.reconcile.ignore_space != config.reconcile.ignore_space) refuse("--ignore-space");
}

// For the rows that a run skipped, the evidence is its own baseline, and so on.
void refuse_undone_chain(const std::string& run, const std::vector<std::string>& baselines) {
  if (const auto by = undone_by(run)) refuse_undone(run, *by);
  for (const std::string& earlier : baselines)
    if (const auto by = undone_by(earlier)) refuse_undone(run, *by);
}

}  // namespace

Baseline::Baseline(const Config& config, CustomerKey names) : names_(names) {
  const std::string& path = config.reconcile.baseline;
  if (fs::is_directory(path)) {
    const RunChain chain(path);
    const RunRecord& was = chain.asked().record;
    refuse_unlike(was.config, config);
    const std::vector<std::string> baselines = baselines_of(was);
    refuse_undone_chain(path, baselines);
    for_each_recorded(RunLedger(chain),
                      [&](const RecordedRow& row) { add(row.key, row.certain ? row.wants : nothing()); });
    keep_one(Duplicates::last);
    take_out_later_writes(LaterWrites(chain, baselines, config), path);
    return;
  }
  refuse_itself(config);
  InputConfig input = config.input;
  input.file = path;
  refuse_one_time_input(path);
  RowWalk rows(input, config.mapping);
  while (rows.next())
    if (!rows.reason()) add(rows.key(), rows.wants());
  keep_one(config.input.duplicates);
}

void Baseline::refuse_itself(const Config& config) const {
  std::error_code error;
  if (fs::equivalent(config.reconcile.baseline, config.input.file, error) && !error)
    throw ConfigError("--baseline " + printable(config.reconcile.baseline) +
                      ": is the input file itself. Name an older export, or the "
                      "directory of an earlier run");
}

void Baseline::take_out_later_writes(const LaterWrites& later, const std::string& run) {
  if (later.undo()) refuse_undone(run, *later.undo());
  const bool by_uuid = names_ == CustomerKey::uuid;
  if (later.unknown_writer() || (!by_uuid && !later.customers().empty())) {
    doubt_ =
        "--baseline " + printable(run) + ": " + printable(later.unknown_writer().value_or(later.writer())) +
        " wrote to the API after that run began, and amend cannot know which rows it changed. Every row is compared";
    entries_.clear();
  }
  std::vector<std::uint64_t> written = later.customers();
  std::ranges::sort(written);
  std::erase_if(entries_, [&](const Entry& entry) { return std::ranges::binary_search(written, entry.key); });
}

void Baseline::add(std::string_view key, std::uint64_t wants) { entries_.emplace_back(hash_of(key), wants); }

void Baseline::keep_one(Duplicates duplicates) {
  std::ranges::stable_sort(entries_, {}, &Entry::key);
  std::size_t kept = 0;
  for (std::size_t begin = 0, end = 0; begin < entries_.size(); begin = end) {
    while (end < entries_.size() && entries_[end].key == entries_[begin].key) ++end;
    if (duplicates == Duplicates::reject && end - begin > 1) continue;
    entries_[kept++] = entries_[duplicates == Duplicates::first ? begin : end - 1];
  }
  entries_.resize(kept);
}

bool Baseline::has(std::string_view key, std::uint64_t wants) const noexcept {
  const auto found = std::ranges::lower_bound(entries_, hash_of(key), {}, &Entry::key);
  return found != entries_.end() && found->key == hash_of(key) && found->wants == wants;
}

std::uint64_t Baseline::hash_of(std::string_view key) const noexcept {
  return names_ == CustomerKey::uuid ? wonder::customer_key(key) : content_hash(key);
}

}  // namespace amend
