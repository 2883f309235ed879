// Rows that did not succeed although a later row of their customer did: sent again, they would overwrite it. Layer 4.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "amend/reporter/run_view.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

class Overtaken {
 public:
  Overtaken() = default;

  RowSet lines;                ///< of the input, at which such rows begin
  std::uint64_t sent = 0;      ///< failed and unknown ones among them
  std::uint64_t rejected = 0;  ///< rejected ones
};

/// The same for a chain of runs, by the final record of each row: the lines for each run of `view`, in its order.
/// Bounds and errors as below.
std::vector<RowSet> overtaken_lines(const RunView& view);

/// By the log of the run in the directory `run`. Bounds: the log is read twice, and once when every row succeeded; 48
/// bytes for each row that failed, is unknown or was rejected. Errors: InputError when the log cannot be read.
Overtaken overtaken_rows(const std::string& run);

}  // namespace amend
