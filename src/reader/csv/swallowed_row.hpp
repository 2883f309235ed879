// Finds rows that a quote has made part of a value. A missing or extra quote can do so without breaking a rule of CSV,
// because the next such quote closes it. The trace is a line inside a value that looks like a row. Pure. Layer 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "amend/row/record.hpp"

namespace amend {

/// The physical line of the first such line in the first `columns` values; the values after them are amend's own. The
/// line begins with a uuid, has a uuid between separators, or has the separators of a row of `columns` cells (at least
/// three).
std::optional<std::uint64_t> swallowed_row(const Record& record, std::size_t columns, char delimiter) noexcept;

}  // namespace amend
