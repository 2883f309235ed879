// Finds the probable cause of a damaged id. Spreadsheets have a few ways to damage one. Pure. Layer 1.
#pragma once

#include <string_view>

namespace amend {

/// `id` is not blank and not a uuid. Returns the most specific code of these:
/// - id.spaces: a uuid with white space or invisible characters around it.
/// - id.formula: a uuid after an apostrophe or in ="…".
/// - id.quotes: in quotes that CSV does not know.
/// - id.scientific: a number in scientific notation, 1.23E+15.
/// - id.leading_zeros: four dashes and hexadecimal digits, and a group is too short because its zeros were dropped.
/// - id.length: not 36 characters.
/// - id.other
std::string_view id_trouble_code(std::string_view id) noexcept;

}  // namespace amend
