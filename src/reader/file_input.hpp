// A file, a pipe or stdin as bytes. Layer 2, reader thread.
#pragma once

#include <memory>
#include <string>

#include "amend/reader/source.hpp"

namespace amend {

/// `path` may be "-" for stdin. A regular file is looked at with each read, and at its end by its name too. Where it
/// was written to, moved or touched since it was opened, its bytes are compared with those that were read: only other
/// bytes, or another size, are an InputError. Throws ConfigError(ExitCode::input) when it cannot be opened or is a
/// directory.
std::unique_ptr<ByteInput> open_file(const std::string& path);

}  // namespace amend
