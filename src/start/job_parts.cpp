#include "start/job_parts.hpp"

#include "plan/planned_call.hpp"
#include "start/input_parts.hpp"

namespace amend {
namespace {

const Selection* retried_rows(const Job& job) noexcept { return job.retried ? &*job.retried : nullptr; }

}  // namespace

Job::Job(Input input_) : input(std::move(input_)) {}

const Recovery& Job::recorded() const noexcept {
  static const Recovery nothing;
  return before ? *before : nothing;
}

RowSelection selection_of(const Job& job) noexcept {
  return RowSelection(&job.recorded().recorded(), retried_rows(job), &job.input.parts().hidden,
                      job.input.config().input.duplicates);
}

ReaderRules rules_of(const Job& job) {
  ReaderRules rules;
  rules.selection = selection_of(job);
  rules.maybe_sent_until = job.possibly_sent_until;
  rules.on_rejected = job.input.config().input.strict ? OnRejected::stop : OnRejected::record;
  rules.encoding_is_doubtful = job.input.parts().encoding_is_doubtful;
  return rules;
}

// The only evidence for a customer named by its reference_number comes from the API: each response must repeat the
// number.
std::unique_ptr<ApiCall> make_call(const Job& job) {
  const Config& config = job.input.config();
  const Input::Parts& input = job.input.parts();
  const auto guard_if = [](bool guarded) { return guarded ? Guard::reference_number : Guard::off; };
  if (!config.does().has_plan)
    return make_update_call(input.target.path_prefix, guard_if(!config.mapping.guard_column.empty()));
  return make_planned_call(input.target.path_prefix, guard_if(input.mapper.key() == CustomerKey::reference),
                           config.reconcile);
}

}  // namespace amend
