// Where outcomes go: the SEAM behind the reporter. Layer 2. Reporter thread; every function may block.
//
// Made by `open_result_log` (result_log.hpp) and `open_retry_files` (retry_files.hpp); another store comes in here.
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

/// The log is not where it was written, or does not contain what was written: exit code 6 too, but no `resume` helps.
class LogLostError : public DurabilityError {
 public:
  /// `how`: "was cut".
  LogLostError(const std::string& file, std::string_view how);
};

/// Takes outcomes in the order in which rows end. Every function throws DurabilityError.
/// The first failure poisons the sink: each later call throws the same error again and nothing is retried on that
/// descriptor, because after a failed fsync the kernel may have dropped the pages (a second fsync would lie).
class Sink {
 public:
  virtual ~Sink() = default;

  /// Hands the bytes to the kernel: after it they outlive this process, not yet a power cut.
  virtual void write(std::span<const Outcome> outcomes) = 0;

  /// Group commit: everything written before is on stable storage when it returns. 0.2 ms and more.
  virtual void flush() = 0;

  /// How much of its file is on stable storage for certain; 0: not known.
  virtual std::uint64_t bytes_durable() const noexcept { return 0; }

  /// flush() and close. Nothing may be written afterwards. A sink destroyed without it closes quietly.
  virtual void close() = 0;
};

}  // namespace amend
