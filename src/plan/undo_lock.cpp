#include "plan/undo_lock.hpp"

#include <filesystem>

#include "amend/run/log_reading.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/summary.hpp"
#include "row/shell_path.hpp"

namespace amend {

// The log exists before the first PUT.
std::unique_ptr<RunDirectory> lock_run_to_undo(const std::string& run) {
  auto locked = std::make_unique<RunDirectory>(run, Opening::resume);
  refuse_lost_log(run);
  std::error_code error;
  if (!read_run(run).config.reconcile.apply || !std::filesystem::exists(locked->path(result_log_name), error))
    throw ConfigError(
        printable(run) + ": this run cannot be undone: only `reconcile --apply` saves the previous values",
        ExitCode::usage, "amend status " + shell_path(run));
  return locked;
}

void mark_undone(const RunDirectory& undone, const std::string& by) {
  undone.write_file(undone_name, std::filesystem::absolute(by).lexically_normal().string() + "\n");
}

}  // namespace amend
