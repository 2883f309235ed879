// A file of results that only grows. Its first error is its last: after it the file is not written again.
//
// Threads: one. Errors: each function throws DurabilityError; after the first one each call throws it again.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include "amend/run/run_directory.hpp"
#include "amend/run/sink.hpp"

namespace amend {

class AppendFile {
 public:
  /// Creates the file 0600 if it is not there and makes its name durable. Bytes behind `bytes` are cut off.
  AppendFile(const RunDirectory& run, std::string_view name, std::uint64_t bytes = 0);
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  ~AppendFile();

  /// Throws LogLostError when the file was deleted, moved, replaced or cut, or another process wrote to it. Two system
  /// calls.
  void require_in_place();
  /// Repeats write(2) until all bytes are written.
  void write(std::string_view bytes);
  /// fdatasync(2), when bytes were written since the last one. Afterwards the kernel may drop all but some MiB of the
  /// durable bytes from its cache, so that the log does not displace other files there.
  void flush();
  void close();

 private:
  void cut(std::uint64_t bytes);
  void let_go_of_cache() noexcept;
  void check() const;
  [[noreturn]] void poison(std::string_view action, int error_number);
  [[noreturn]] void lose(std::string_view how);

  std::string path_;
  int descriptor_ = -1;
  bool dirty_ = false;
  std::uint64_t bytes_ = 0;
  std::uint64_t let_go_ = 0;    ///< bytes from the start that the page cache may drop
  std::exception_ptr failure_;  ///< null: there was none
};

/// Repeats write(2) until all bytes are written. Returns 0 or the errno.
int write_all(int descriptor, std::string_view bytes) noexcept;

}  // namespace amend
