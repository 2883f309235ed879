// A quote that is missing, or one too many, can make rows part of a value without breaking any rule of CSV: the next
// such quote closes it. What is left to see is a line inside a value that looks like a row. Layer 1: pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "amend/row/record.hpp"

namespace amend {

/// The physical line of the first such line in the first `columns` values of the record (behind them are amend's own):
/// it begins with a uuid, or has one between separators, or has as many separators as a row of `columns` cells (from
/// three on).
std::optional<std::uint64_t> swallowed_row(const Record& record, std::size_t columns, char delimiter) noexcept;

}  // namespace amend
