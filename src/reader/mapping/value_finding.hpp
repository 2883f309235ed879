// Recognises what a spreadsheet or a database did to a value, or may have done. Pure.
//
// The meaning of the field decides: "8.5E+11" is damage in a phone, not in a name. A value has at most one finding, and
// damage comes before oddities.
//
// Threads: any. Bounds: only `describe` allocates. Source: layer 1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/row/finding.hpp"

namespace amend {

/// The meaning of a field's values.
enum class ValueRole : std::uint8_t {
  name,     ///< of a customer, who may be a company
  company,  ///< company_name
  phone,
  dial_code,
  email,
  reference,  ///< the merchant's own number
  other,      ///< a value that the API's schema describes completely
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
  // Damage when most values of the field are so; otherwise not:
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

/// What is known about a kind of finding, without a value.
class FindingRule {
 public:
  constexpr FindingRule(ValueFinding finding_, std::string_view code_, Degree degree_,
                        ValueFinding unless_most_ = ValueFinding::none, bool needs_most_ = false)
      : finding(finding_), code(code_), degree(degree_), unless_most(unless_most_), needs_most(needs_most_) {}

  ValueFinding finding;
  std::string_view code;  ///< one of own_codes(), with meaning and remedy
  Degree degree;
  ValueFinding unless_most;  ///< the finding that counts when fewer than half of the field's values are so
  bool needs_most;           ///< the finding counts only when more than half of the field's values are so
};

/// Must not be called with ValueFinding::none.
const FindingRule& rule_of(ValueFinding finding) noexcept;

/// `value` is valid UTF-8, not blank, and as it would be sent.
ValueFinding look_at_value(ValueRole role, std::string_view value) noexcept;

/// Whether the value is in quotes that CSV does not remove, for example “…”, '…' or «…».
bool is_enclosed(std::string_view value) noexcept;

/// Removes the leading apostrophe or the `="…"` with which spreadsheets keep a text from becoming a number. Returns the
/// value itself when it has neither. An apostrophe before a letter stays, as it may be part of a name. In a name, it
/// also stays before a digit.
std::string_view without_formula(ValueRole role, std::string_view value) noexcept;

/// The value for messages. It is masked, unless a program wrote it (a stray word). Invisible characters are shown as
/// U+XXXX.
std::string describe(ValueFinding finding, std::string_view value);

/// For example "8… (11 characters)".
std::string masked(std::string_view value);

/// The first invisible character, as "U+200E"; empty: there is none. The value is valid UTF-8.
std::string invisible_character(std::string_view value);

}  // namespace amend
