// Bytes in another encoding as UTF-8, by iconv. Layer 2, reader thread.
#pragma once

#include <memory>
#include <string>

#include "amend/reader/source.hpp"

namespace amend {

/// What stands for bytes that mean nothing in the encoding: it is no UTF-8 either, so just the row they stand in is
/// refused (`input.utf8`), and nothing is ever guessed.
inline constexpr char undecodable = '\xFF';

/// The name as iconv knows it and as people are told: "UTF-8" for utf8, "windows-1252" as it was given. "UTF-16" and
/// "UTF-32" leave the order of the bytes to the file.
/// Throws ConfigError naming --encoding when iconv does not know it.
std::string known_encoding(const std::string& name);

/// Reads `input` as `encoding`, which iconv knows. A byte order mark at its start is left out. Memory: 32 KiB of it and
/// what they decode to.
std::unique_ptr<ByteInput> decode(std::unique_ptr<ByteInput> input, const std::string& encoding);

}  // namespace amend
