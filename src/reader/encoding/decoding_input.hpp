// Converts bytes of another encoding to UTF-8 with iconv.
//
// Threads: the reader thread. Source: layer 2.
#pragma once

#include <memory>
#include <string>

#include "amend/reader/source.hpp"

namespace amend {

/// Replaces bytes that have no meaning in the encoding. It is not UTF-8 either, so only the rows that contain it are
/// rejected (`input.utf8`). Nothing is guessed.
inline constexpr char undecodable = '\xFF';

/// The name for iconv and for messages: "UTF-8" for utf8, "windows-1252" as it was given. "UTF-16" and "UTF-32" leave
/// the order of bytes to the file.
///
/// Errors: throws ConfigError, which names --encoding, when iconv does not know the name.
std::string known_encoding(const std::string& name);

/// Reads `input` as `encoding`, which iconv knows, and drops a byte order mark at its start.
///
/// Bounds: 32 KiB of input and their decoded text.
std::unique_ptr<ByteInput> decode(std::unique_ptr<ByteInput> input, const std::string& encoding);

}  // namespace amend
