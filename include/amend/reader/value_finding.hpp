// What a spreadsheet or a database has done to a value, or may have done. Layer 1: pure; any thread; never allocates
// but in `describe`.
//
// A value is looked at as what its field is meant to be: "8.5E+11" is damage in a phone, not in a name. At most one
// finding a value: damage before oddities.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/row/finding.hpp"

namespace amend {

/// What a field's values are meant to be.
enum class ValueRole : std::uint8_t {
  name,     ///< of a person, or of whoever the customer is
  company,  ///< company_name
  phone,
  dial_code,
  email,
  reference,  ///< the merchant's own number
  other,      ///< a value that the API's schema says all about
};

/// The role of a field of the API.
ValueRole role_of(std::string_view field) noexcept;

enum class ValueFinding : std::uint8_t {
  none,
  apostrophe,
  backslash,
  boolean,
  date,
  other_column,
  double_encoding,
  error_value,
  formula,
  invisible,
  no_digit,
  null,
  number,
  quotes,
  replacement,
  scientific,
  several_phones,
  // Damage where most values of the field are so, else not:
  phone_as_email,
  phone_as_name,
  email_as_name,
  quotes_around_name,
  // Hints:
  entity,
  invisible_in_name,
  line_break,
  name_of_digits,
  name_sign,
  null_as_name,
  no_address,
  one_digit,
  space,
};
inline constexpr std::size_t value_finding_count = static_cast<std::size_t>(ValueFinding::space) + 1;

/// What is known of a finding without its value.
class FindingRule {
 public:
  constexpr FindingRule(ValueFinding finding_, std::string_view code_, Degree degree_,
                        ValueFinding unless_most_ = ValueFinding::none, bool needs_most_ = false)
      : finding(finding_), code(code_), degree(degree_), unless_most(unless_most_), needs_most(needs_most_) {}

  ValueFinding finding;
  std::string_view code;  ///< one of own_codes(), with meaning and remedy
  Degree degree;
  ValueFinding unless_most;  ///< what it is when fewer than half of the field's values are so
  bool needs_most;           ///< it is what `code` says only when more than half of the field's values are so
};

/// Not for ValueFinding::none.
const FindingRule& rule_of(ValueFinding finding) noexcept;

/// `value`: valid UTF-8, not blank, as it would be sent.
ValueFinding look_at_value(ValueRole role, std::string_view value) noexcept;

/// One of a pair of quotes that CSV does not know, or knows doubled, at each end: “…”, '…', «…».
bool is_enclosed(std::string_view value) noexcept;

/// The leading apostrophe or the `="…"` with which spreadsheets keep a text from becoming a number, taken off; the
/// value itself when it has neither. An apostrophe before a letter stays: it may be part of a name; in a name it stays
/// before a digit too.
std::string_view without_formula(ValueRole role, std::string_view value) noexcept;

/// The value for people: masked, unless it is a word that a program has put there; what cannot be seen as U+XXXX.
std::string describe(ValueFinding finding, std::string_view value);

/// "8… (11 characters)"
std::string masked(std::string_view value);

/// The first character that cannot be seen, "U+200E"; empty: there is none. For valid UTF-8.
std::string invisible_character(std::string_view value);

}  // namespace amend
