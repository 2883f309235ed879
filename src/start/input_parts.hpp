// The parts of an Input. Layer 4.
//
// *Threads.* One: first the maker of the job, then the reader. *Errors.* Those of Input. *Bounds.* One reading of the
// file, its header, and 1 bit for each row that --duplicates does not send. *Lifetime.* It refers to nothing outside.
// *Source.* The input file.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "amend/job.hpp"
#include "amend/reader/input_file.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/row_set.hpp"
#include "amend/run/summary.hpp"
#include "reader/mapping/mapper.hpp"
#include "reporter/retry_files.hpp"
#include "start/row_walk.hpp"
#include "transport/target.hpp"

namespace amend {

class Input::Parts {
 public:
  Parts(const Config& config_, Credentials credentials_);

  CheckReport check(const std::atomic<bool>& stop);
  InputLayout layout() const { return InputLayout(source->format(), source->header(), source->delimiter()); }
  /// Begins another reading at the first row.
  RowWalk rows() const { return RowWalk(file, config.input, config.mapping); }
  /// Whether the file still has the content `read`. Without `read`, whether it has the same size and time.
  bool is_as_it_was(const std::optional<ContentRead>& read) const;
  /// As is_as_it_was() for the checked content. Throws InputError otherwise, because row numbers belong to one file.
  void require_same_file() const;

  Config config;
  Credentials credentials;
  Target target;
  InputFile file;
  std::unique_ptr<Source> source;
  Mapper mapper;
  Plan plan;
  InputIdentity identity;              // identity of the bytes that `source` reads
  std::optional<ContentRead> content;  // content of the file, if it was checked
  RowSet hidden;                       // rows that --duplicates does not send
  bool was_checked = false;
  bool encoding_is_doubtful = false;  // the file seems to have another encoding (EncodingTrouble)
};

}  // namespace amend
