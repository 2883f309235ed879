#include <utility>

#include "amend/reconciliation.hpp"

namespace amend {

Job make_apply(Reconciled reconciled) {
  Job job(std::move(reconciled.input));
  job.directory = std::move(reconciled.directory);
  job.undone = std::move(reconciled.undone);
  job.credentials_accepted = true;
  return job;
}

}  // namespace amend
