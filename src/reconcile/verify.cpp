// The settings of a verify.
#include "amend/reconciliation.hpp"
#include "amend/run/summary.hpp"

namespace amend {

// The configuration of the run, except for what concerns its writing.
Config verify_config(const std::string& run) {
  Config config = read_run(run).config;
  config.run_directory.clear();
  config.task = Task::verify;
  config.reconcile.apply = false;
  config.reconcile.of_run = run;
  config.reconcile.look_up = LookUp::automatic;
  config.reconcile.company_name = CompanyName::never;
  config.reconcile.show_missing = false;
  config.reconcile.baseline.clear();
  config.load.canary = CanaryMode::off;
  if (config.input.duplicates == Duplicates::order) config.input.duplicates = Duplicates::last;
  return config;
}

}  // namespace amend
