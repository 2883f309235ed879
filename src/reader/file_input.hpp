// Reads a file, a pipe or stdin as bytes.
//
// Threads: the reader thread. Source: layer 2.
#pragma once

#include <memory>
#include <string>

#include "amend/reader/source.hpp"

namespace amend {

/// Opens `path`; "-" means stdin. Every read checks whether a regular file changed, and the end checks its name too.
/// When the file was written to, moved or touched, its bytes are compared with those that were read.
///
/// Errors: throws ConfigError(ExitCode::input) when it cannot be opened or is a directory. Reading throws InputError
/// when the bytes or the size differ.
std::unique_ptr<ByteInput> open_file(const std::string& path);

}  // namespace amend
