#include <utility>

#include "amend/reconciliation.hpp"
#include "amend/run/summary.hpp"

namespace amend {
namespace {

Config config_of(const std::string& run) {
  Config config = read_run(run).config;
  config.run_directory.clear();
  return config;
}

}  // namespace

Config reconcile_config(Config config) {
  config.task = Task::reconcile;
  config.mapping.form = RowForm::partial;
  config.input.duplicates = Duplicates::last;
  return config;
}

// The configuration of the run, except for what concerns its writing.
Config verify_config(const std::string& run) {
  Config config = config_of(run);
  config.task = Task::verify;
  config.reconcile.apply = false;
  config.reconcile.of_run = run;
  config.reconcile.look_up = LookUp::automatic;
  config.reconcile.company_name = CompanyName::never;
  config.reconcile.show_missing = false;
  config.reconcile.baseline.clear();
  config.pace.canary = CanaryMode::off;
  if (config.input.duplicates == Duplicates::order) config.input.duplicates = Duplicates::last;
  return config;
}

Config undo_config(const std::string& run) {
  Config config = config_of(run);
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
