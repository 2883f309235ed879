// What is particular about a run: where its results go, which rows take part, and what is known of them. make_resume and
// make_retry fill it in; a new update of all rows is a Job as it comes. Layer 4.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "amend/reporter/file_seal.hpp"
#include "amend/reporter/recovery.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/sink.hpp"
#include "amend/row/late_requests.hpp"
#include "amend/row/row_set.hpp"
#include "amend/row/selection.hpp"

namespace amend {

class Job {
 public:
  Job() = default;

  /// Null for an input whose rows all take part.
  const Selection* retried_rows() const noexcept { return retried ? &*retried : nullptr; }

  std::unique_ptr<RunDirectory> directory;  ///< of the run, held; null: the run begins one
  std::optional<Recovery> before;           ///< what the run has recorded already; none: it has no log yet
  std::optional<Selection> retried;         ///< the rows of a retry
  std::string parent;                       ///< the run that it retries
  std::vector<std::unique_ptr<RunDirectory>> earlier_runs;  ///< that it retries, held
  RowSet hidden;                                            ///< rows that --duplicates keeps back
  std::uint64_t maybe_sent_until = 0;                       ///< rows up to this one may have been sent before
  LateRequests late;                                        ///< what was sent before and may still be applied
  bool encoding_is_doubtful = false;  ///< the input is in another encoding than it is read as (EncodingTrouble)
  std::unique_ptr<Sink> retry_files;  ///< with the rows recorded so far; null: new ones
  std::vector<FileSeal> edited;       ///< retry files that an operator has edited and that stay, as they were
};

}  // namespace amend
