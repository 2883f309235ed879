// Rows that did not succeed although a later row of their customer did: fed back, they would overwrite it. Layer 4.
#pragma once

#include <string>

#include "amend/row/row_set.hpp"

namespace amend {

/// The lines of the input at which such rows begin, by the log of the run in the directory `run`: read three times when
/// there is one, once when no row failed. Memory: 24 bytes for each row that failed or is unknown. Throws InputError
/// when the log cannot be read.
RowSet overtaken_lines(const std::string& run);

}  // namespace amend
