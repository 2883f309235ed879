#include "reconcile/later_writes.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "amend/run/log_reading.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "reconcile/run_ledger.hpp"
#include "row/utc_time.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t until_the_second = 19;

std::string second_of(const std::string& moment) { return moment.substr(0, until_the_second); }

// Returns an empty text when the file does not exist.
std::string last_write_to(const std::string& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return {};
  return second_of(utc_text(std::chrono::system_clock::from_time_t(info.st_mtim.tv_sec)));
}

// Returns nullopt when the run.json is missing or damaged. Then the API of the run is unknown.
std::optional<RunRecord> record_of(const std::string& run) {
  try {
    return read_run(run);
  } catch (const ConfigError&) {
    return std::nullopt;
  }
}

bool is_same_place(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) && !error;
}

bool is_one_of(const std::vector<std::string>& runs, const std::string& run) {
  return std::ranges::any_of(runs, [&](const std::string& one) { return is_same_place(one, run); });
}

}  // namespace

LaterWrites::LaterWrites(const RunChain& chain, std::vector<std::string> baselines, const Config& config)
    : before_(std::move(baselines)) {
  for (const RunHead& head : chain.runs()) {
    chain_.push_back(head.directory);
    const std::string began = second_of(head.record.started_at);
    if (began_.empty() || began < began_) began_ = began;
  }
  const std::string beside = fs::weakly_canonical(chain.asked().directory).parent_path().string();
  const std::string here = fs::weakly_canonical(folder_of_runs(config)).string();
  look_beside(beside, config);
  if (here != beside) look_beside(here, config);
}

void LaterWrites::look_beside(const std::string& folder, const Config& config) {
  for (const std::string& other : runs_that_sent(folder)) {
    const std::optional<RunRecord> record = record_of(other);
    const std::string last_write = last_write_to(other + "/" + std::string(result_log_name));
    if (!record && (last_write.empty() || last_write >= began_)) unknown_writer_ = other;
    if (!record || !is_same_api(record->config, config)) continue;
    // An undo may be in any folder. It leaves its name in the run that it restores.
    if (last_write_to(other + "/" + std::string(undone_name)) >= began_) undo_ = undone_by(other);
    if (is_one_of(chain_, other)) continue;
    if (record->config.does().restores && second_of(record->started_at) >= began_) undo_ = other;
    look_at(other, *record);
  }
}

// A run whose result this run uses ended before it began, maybe within the same second.
bool LaterWrites::is_since(const std::string& moment, const std::string& run) const {
  return moment > began_ || (moment == began_ && !is_one_of(before_, run));
}

void LaterWrites::look_at(const std::string& run, const RunRecord& record) {
  const bool is_later = is_since(second_of(record.started_at), run) ||
                        is_since(last_write_to(run + "/" + std::string(result_log_name)), run);
  if (!is_later) return;
  if (!fs::exists(run + "/summary.json")) unknown_writer_ = run;
  const LogState log = read_log(run, [&](const JournalRecord& line) {
    const RecordText text(line.text);
    if (second_of(text.at) < began_ || !may_have_written(line, text)) return;
    customers_.push_back(wonder::customer_key(text.id));
    writer_ = run;
  });
  if (log.damaged_at) unknown_writer_ = run;
}

}  // namespace amend
