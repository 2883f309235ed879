// Whether an input is still the one that was read: as a whole by its identity, row by row by the hash of each. Layer 4.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "amend/config.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/record.hpp"
#include "amend/run/summary.hpp"

namespace amend {

InputIdentity identify(const Config& config, const Source& source);

/// Whether the file that `now` describes has the content of the one that was identified `then` and of which `read` was
/// read since. Where it was written to, moved or touched its bytes are compared; without `read` its size, its time and
/// its inode are. A pipe or stdin cannot be read again: its inode is 0.
bool can_be_read_again(const InputIdentity& then, const InputIdentity& now, const std::optional<ContentRead>& read);

/// Throws ConfigError (exit 3) when `file` is no regular file: its rows were there once.
void refuse_one_time_input(const std::string& file);

/// Throws InputError: the row at `position` of `file` is not the one that a run has read there.
[[noreturn]] void refuse_other_row(const std::string& file, const Position& position);

/// Throws InputError when `file` ends with `last_row` before the row `wanted`, which a run has read.
void require_row(const std::string& file, std::uint64_t wanted, std::uint64_t last_row);

}  // namespace amend
