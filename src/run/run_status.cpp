#include "amend/run/run_status.hpp"

#include <filesystem>

#include "amend/run/log_reading.hpp"
#include "amend/run/run_directory.hpp"

namespace amend {

std::string_view to_string(RunStatus status) noexcept {
  switch (status) {
    case RunStatus::running: return "running";
    case RunStatus::damaged: return "damaged";
    case RunStatus::compared: return "compared";
    case RunStatus::killed: return "killed";
    case RunStatus::stopped: return "stopped";
    case RunStatus::finished: return "finished";
    case RunStatus::measured: return "measured";
  }
  return {};
}

RunFacts facts_of(const std::string& directory, const RunRecord& record, const std::optional<Summary>& summary) {
  std::error_code error;
  RunFacts facts;
  facts.is_held = RunDirectory::is_held(directory);
  facts.is_damaged = log_was_shortened(directory, summary);
  facts.only_compares = !record.config.sends() && std::filesystem::exists(directory + "/plan.ndjson", error);
  facts.has_summary = summary.has_value();
  facts.is_whole = summary && summary->is_whole();
  return facts;
}

RunStatus status_of(const RunFacts& facts) noexcept {
  if (facts.is_held) return RunStatus::running;
  if (facts.is_damaged) return RunStatus::damaged;
  if (facts.only_compares) return RunStatus::compared;
  if (!facts.has_summary) return RunStatus::killed;
  return facts.is_whole ? RunStatus::finished : RunStatus::stopped;
}

}  // namespace amend
