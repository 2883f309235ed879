// Which rows of an input are part of a run that retries another: the others are read and passed over. Layer 0.
//
// It is decided once, before the retry begins, and kept in its directory (`selection.txt`), so that a retry that was
// killed goes on with the same rows.
#pragma once

#include <string>
#include <string_view>

#include "amend/row/row_set.hpp"

namespace amend {

inline constexpr std::string_view selection_name = "selection.txt";

/// Memory: 2 bits for each row up to the largest one.
class Selection {
 public:
  Selection() = default;

  RowSet to_send;
  RowSet superseded;  ///< they get a record that says so: their customer succeeded in a later row or run

  bool contains(std::uint64_t row) const noexcept { return to_send.contains(row) || superseded.contains(row); }
  std::uint64_t size() const noexcept { return to_send.size() + superseded.size(); }
};

/// Text, one line for each run of neighbouring rows: `send 17`, `send 20-45`, `superseded 3`; behind them `end` and a
/// checksum of the lines before, 16 hexadecimal digits.
std::string to_text(const Selection& selection);

/// Reads what to_text has written. Throws InputError naming `file` when it is anything else.
Selection parse_selection(std::string_view text, const std::string& file);

}  // namespace amend
