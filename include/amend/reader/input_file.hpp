// The input as a file that is opened once and may be read several times. Layer 2.
//
// Threads. One at a time.
// Errors. ConfigError (ExitCode::input) for a file that cannot be opened and for a directory; InputError from a reading.
// Bounds. One descriptor, however many readings there are.
// Lifetime. Copies share the descriptor. It is closed with the last copy and the last reading.
#pragma once

#include <memory>
#include <string>

#include "amend/reader/source.hpp"

namespace amend {

class OpenInput;

class InputFile {
 public:
  /// "-" is standard input.
  explicit InputFile(const std::string& path);

  /// Each reading of a regular file that was opened by its name begins at its start. All readings of standard input, or
  /// of anything else, share one stream of bytes.
  ///
  /// A regular file is examined with each piece that is read, and at its end by its name too. Where it was written to,
  /// moved or touched since the reading began, its bytes are compared with those that were read: other bytes, or
  /// another size, are an InputError.
  std::unique_ptr<ByteInput> read() const;

 private:
  std::shared_ptr<const OpenInput> file_;
};

/// As open_source(config), of a file that is already open. `config.file` is its name.
std::unique_ptr<Source> open_source(const InputFile& file, const InputConfig& config);

}  // namespace amend
