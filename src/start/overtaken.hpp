// Rows that did not succeed although a later row of their customer did. Sent again, they would overwrite the later row.
// Layer 4.
//
// Threads: any one. Errors: InputError when a log cannot be read. Bounds: a log is read twice, and once when every row
// succeeded; 48 bytes for each row that failed, is unknown or was rejected.
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

  RowSet lines;                ///< of the input, at which such rows begin
  std::uint64_t sent = 0;      ///< failed and unknown ones among them
  std::uint64_t rejected = 0;  ///< rejected ones
};

/// The lines of such rows in each run of `view`, in its order, by the final record of each row.
std::vector<RowSet> overtaken_lines(const RunView& view);

/// By the log of the run in the directory `run`.
Overtaken overtaken_rows(const std::string& run);

}  // namespace amend
