// What an Input consists of. Layer 4.
//
// Threads. One: that which makes the job, then the reader's. Errors. Those of Input. Bounds. One reading of the file,
// its header, and 1 bit for each row that --duplicates keeps back. Lifetime. Nothing outside is referred to.
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

  PreflightReport preflight(const std::atomic<bool>& stop);
  InputLayout layout() const { return InputLayout(source->format(), source->header(), source->delimiter()); }
  /// Another reading, from the first row on.
  RowWalk rows() const { return RowWalk(file, config.input, config.mapping); }
  /// Whether the file still has the content that was read of it; of one that was not read: the same size and time.
  bool is_as_it_was(const std::optional<ContentRead>& read) const;
  /// The same of a file that was checked. Throws InputError: row numbers of one file say nothing about another.
  void require_same_file() const;

  Config config;
  Credentials credentials;
  Target target;
  InputFile file;
  std::unique_ptr<Source> source;
  Mapper mapper;
  Plan plan;
  InputIdentity identity;              // of what `source` reads
  std::optional<ContentRead> content;  // of the file, where it was checked
  RowSet hidden;                       // rows that --duplicates keeps back
  bool was_checked = false;
  bool encoding_is_doubtful = false;  // it is in another encoding than it is read as (EncodingTrouble)
};

}  // namespace amend
