// A file, a pipe or stdin as bytes. Layer 2, reader thread.
#pragma once

#include <memory>
#include <string>

#include "amend/reader/source.hpp"

namespace amend {

/// `path` may be "-" for stdin. At the end of a regular file it is compared with what it was when it was opened: size,
/// time of change, and the inode its name leads to; a difference is an InputError.
/// Throws ConfigError(ExitCode::input) when it cannot be opened or is a directory.
std::unique_ptr<ByteInput> open_file(const std::string& path);

}  // namespace amend
