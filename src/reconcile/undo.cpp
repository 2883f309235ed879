// The settings of an undo. It is a reconciliation with the old values in rollback.ndjson; undo_lock.hpp locks and marks
// the run that it restores.
#include "amend/reconciliation.hpp"
#include "amend/run/summary.hpp"

namespace amend {

Config undo_config(const std::string& run) {
  Config config = read_run(run).config;
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
  config.pace.canary = CanaryMode::on;
  return config;
}

}  // namespace amend
