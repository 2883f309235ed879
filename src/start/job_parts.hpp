// What the stages of a run get from its Job. Layer 4.
//
// *Threads.* One. *Errors.* None, except std::bad_alloc. *Bounds.* None of their own. *Lifetime.* Results refer to the
// job. *Source.* The job.
#pragma once

#include <memory>

#include "amend/job.hpp"
#include "amend/row/selection.hpp"
#include "reader/reader.hpp"
#include "worker/api_call.hpp"

namespace amend {

/// What is done with each row of the input: sent, skipped, superseded, or rejected as a duplicate.
RowSelection selection_of(const Job& job) noexcept;

ReaderRules rules_of(const Job& job);

/// The call of one worker.
std::unique_ptr<ApiCall> make_call(const Job& job);

}  // namespace amend
