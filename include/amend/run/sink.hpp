// Where outcomes go: the seam behind the reporter. Layer 2.
//
// Threads: the reporter's; every function may block. Errors: DurabilityError.
//
// Made by `open_result_log` (result_log.hpp) and `open_retry_files` (retry_files.hpp); another store can be added here.
#pragma once

#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "amend/row/outcome.hpp"

namespace amend {

/// A result could not be made durable (ENOSPC, EIO, EROFS, a failed fdatasync): exit code 6.
/// `what()` names the file, what was tried and the system's reason.
class DurabilityError : public std::runtime_error {
 public:
  DurabilityError(const std::string& file, std::string_view action, int error_number);
  int error_number() const noexcept { return error_number_; }

 protected:
  explicit DurabilityError(const std::string& text);

 private:
  int error_number_ = 0;
};

/// The log is missing, or does not contain what was written: exit code 6 too, but `resume` does not help.
class LogLostError : public DurabilityError {
 public:
  /// `how`: "was cut".
  LogLostError(const std::string& file, std::string_view how);
};

/// Takes outcomes in the order in which rows end. Each call after the first error throws the same error again and does
/// not use the descriptor: after a failed fsync the kernel may have dropped the pages, and a second fsync would
/// succeed.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Gives the bytes to the kernel. Afterwards they survive the end of this process, but not a power cut.
  virtual void write(std::span<const Outcome> outcomes) = 0;

  /// Group commit: what was written before is on stable storage when it returns. Takes 0.2 ms or more.
  virtual void flush() = 0;

  /// The bytes of its file that are certainly on stable storage. 0: not known.
  virtual std::uint64_t bytes_durable() const noexcept { return 0; }

  /// Calls flush() and closes. Nothing may be written afterwards. A sink that is destroyed before closes without error.
  virtual void close() = 0;
};

}  // namespace amend
