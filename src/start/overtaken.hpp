// Rows that did not succeed although a later row of their customer did. If they were sent again, they would overwrite
// the later row. Layer 4.
//
// *Threads.* One. *Errors.* InputError when a log cannot be read. *Bounds.* A log is read twice, and once when every
// row succeeded; 48 bytes for each row that failed, is unknown or was rejected. *Lifetime.* Values. *Source.* The logs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "amend/row/row_set.hpp"
#include "amend/run/run_view.hpp"

namespace amend {

class Overtaken {
 public:
  Overtaken() = default;

  RowSet lines;                ///< lines of the input at which such rows begin
  std::uint64_t sent = 0;      ///< failed and unknown ones among them
  std::uint64_t rejected = 0;  ///< rejected ones
};

/// The lines of such rows in each run of `view`, in its order. The final record of each row counts.
std::vector<RowSet> overtaken_lines(const RunView& view);

/// The same for the log of the run in the directory `run`.
Overtaken overtaken_rows(const std::string& run);

}  // namespace amend
