// What probably happened to an id that is none: spreadsheets have a few ways to damage one. Pure. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// `id` is not blank and not a uuid. The most telling of:
/// - id.spaces: a uuid with white space, or characters that cannot be seen, around it.
/// - id.formula: a uuid behind an apostrophe or in ="…".
/// - id.quotes: in quotes of another kind than CSV's.
/// - id.scientific: a number in scientific notation, 1.23E+15.
/// - id.leading_zeros: four dashes and hexadecimal digits, and a group is too short: its zeros were dropped.
/// - id.length: not 36 characters.
/// - id.other
std::string_view id_trouble_code(std::string_view id) noexcept;

}  // namespace amend
