// Decides what a run does with each row of its input. Layer 0.
//
// The rows of a retry are chosen once, before it begins. Its directory keeps them (`selection.txt`), so that `resume`
// of a killed retry sends the same rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/config.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

inline constexpr std::string_view selection_name = "selection.txt";

/// The rows of a retry.
///
/// Bounds: 2 bits for each row up to the largest one.
class Selection {
 public:
  Selection() = default;

  RowSet to_send;
  RowSet superseded;  ///< recorded as superseded: their customer succeeded in a later row or run

  bool contains(std::uint64_t row) const noexcept { return to_send.contains(row) || superseded.contains(row); }
  std::uint64_t size() const noexcept { return to_send.size() + superseded.size(); }
};

/// Decides about a row before it is mapped.
///
/// Lifetime: the arguments outlive it. A null argument has no effect.
class RowSelection {
 public:
  enum class Choice : std::uint8_t {
    send,
    skip,        ///< not in this run, or recorded before: not counted
    superseded,  ///< another row of the customer is sent instead
    duplicate,   ///< rejected, as are the other rows of the customer
  };

  /// All rows.
  RowSelection() = default;
  /// `recorded` rows already have their record. `retried` has the rows of a retry. `hidden` has the rows that
  /// `duplicates` skips.
  RowSelection(const RowSet* recorded, const Selection* retried, const RowSet* hidden, Duplicates duplicates) noexcept
      : recorded_(recorded), retried_(retried), hidden_(hidden), duplicates_(duplicates) {}

  Choice of(std::uint64_t row) const noexcept {
    if (retried_ && !retried_->contains(row)) return Choice::skip;
    if (recorded_ && recorded_->contains(row)) return Choice::skip;
    if (retried_ && retried_->superseded.contains(row)) return Choice::superseded;
    if (!hidden_ || !hidden_->contains(row)) return Choice::send;
    return duplicates_ == Duplicates::reject ? Choice::duplicate : Choice::superseded;
  }

 private:
  const RowSet* recorded_ = nullptr;
  const Selection* retried_ = nullptr;
  const RowSet* hidden_ = nullptr;
  Duplicates duplicates_ = Duplicates::order;
};

/// A text with one line per group of neighbouring rows: `send 17`, `send 20-45`, `superseded 3`. The last line is `end`
/// with a checksum of the lines before it, 16 hexadecimal digits.
std::string to_text(const Selection& selection);

/// Reads the text of to_text(). Throws InputError, which names `file`, for any other text.
Selection parse_selection(std::string_view text, const std::string& file);

}  // namespace amend
