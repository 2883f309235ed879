// The settings of an undo. It is a reconciliation with the old values in rollback.ndjson; undo_lock.hpp locks and marks
// the run that it restores.
#include <filesystem>

#include "amend/reconciliation.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/summary.hpp"
#include "row/shell_path.hpp"

namespace amend {

// The log exists before the first PUT.
Config undo_config(const std::string& run) {
  Config config = read_run(run).config;
  std::error_code error;
  if (!config.reconcile.apply || !std::filesystem::exists(std::filesystem::path(run) / result_log_name, error))
    throw ConfigError(
        printable(run) + ": this run cannot be undone: only `reconcile --apply` saves the previous values",
        ExitCode::usage, "amend status " + shell_path(run));
  config.run_directory.clear();
  config.task = Task::undo;
  config.reconcile = ReconcileConfig();
  config.reconcile.apply = true;
  config.reconcile.recheck = Recheck::yes;
  config.reconcile.of_run = run;
  config.input = InputConfig();
  config.input.file = run + "/rollback.ndjson";
  config.input.format = Format::ndjson;
  config.input.duplicates = Duplicates::last;
  config.mapping = MappingConfig();
  config.mapping.form = RowForm::partial;
  config.load.canary = CanaryMode::on;
  return config;
}

}  // namespace amend
