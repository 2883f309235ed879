// What a run does with each row of its input. Layer 0.
//
// The rows of a retry are chosen once, before it begins, and kept in its directory (`selection.txt`), so that `resume` of
// a killed retry sends the same rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/config.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

inline constexpr std::string_view selection_name = "selection.txt";

/// The rows of a retry. Memory: 2 bits for each row up to the largest one.
class Selection {
 public:
  Selection() = default;

  RowSet to_send;
  RowSet superseded;  ///< they get a record that says so: their customer succeeded in a later row or run

  bool contains(std::uint64_t row) const noexcept { return to_send.contains(row) || superseded.contains(row); }
  std::uint64_t size() const noexcept { return to_send.size() + superseded.size(); }
};

/// All that decides about a row before anything else is known of it. What it is given outlives it; null: none.
class RowSelection {
 public:
  enum class Answer : std::uint8_t {
    send,
    skip,        ///< not in this run, or recorded before: not counted
    superseded,  ///< another row of its customer is sent instead
    duplicate,   ///< rejected, as are the other rows of its customer
  };

  /// All rows.
  RowSelection() = default;
  /// `recorded` have their record already. `retried`: the rows of a retry. `hidden`: rows that `duplicates` keeps back.
  RowSelection(const RowSet* recorded, const Selection* retried, const RowSet* hidden, Duplicates duplicates) noexcept
      : recorded_(recorded), retried_(retried), hidden_(hidden), duplicates_(duplicates) {}

  Answer of(std::uint64_t row) const noexcept {
    if (retried_ && !retried_->contains(row)) return Answer::skip;
    if (recorded_ && recorded_->contains(row)) return Answer::skip;
    if (retried_ && retried_->superseded.contains(row)) return Answer::superseded;
    if (!hidden_ || !hidden_->contains(row)) return Answer::send;
    return duplicates_ == Duplicates::reject ? Answer::duplicate : Answer::superseded;
  }

 private:
  const RowSet* recorded_ = nullptr;
  const Selection* retried_ = nullptr;
  const RowSet* hidden_ = nullptr;
  Duplicates duplicates_ = Duplicates::order;
};

/// Text, one line for each run of neighbouring rows: `send 17`, `send 20-45`, `superseded 3`; behind them `end` and a
/// checksum of the lines before, 16 hexadecimal digits.
std::string to_text(const Selection& selection);

/// Reads what to_text has written. Throws InputError naming `file` when it is anything else.
Selection parse_selection(std::string_view text, const std::string& file);

}  // namespace amend
