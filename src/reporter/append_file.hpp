// A file of results that only grows, and that is dead after its first error. Layer 2, one thread.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/sink.hpp"

namespace amend {

/// Every function throws DurabilityError; after the first, each throws it again and touches the descriptor no more.
class AppendFile {
 public:
  /// Creates the file 0600 if it is not there and makes its name durable. What it holds behind `bytes` is cut off.
  AppendFile(const RunDirectory& run, std::string_view name, std::uint64_t bytes = 0);
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  ~AppendFile();

  /// Throws LogLostError when its name does not lead to this file any more, or when the file does not contain just what
  /// was written: it was deleted, moved, replaced or cut, or another process writes to it. Two system calls.
  void require_in_place();
  /// write(2) until all is written: short writes and EINTR are continued.
  void write(std::string_view bytes);
  /// fdatasync(2), when anything was written since the last. Of what is durable the kernel is left with some MiB only
  /// in its cache: its memory is used again instead of ever new one, and the files of others stay there.
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

/// write(2) until all is written; returns 0 or the errno.
int write_all(int descriptor, std::string_view bytes) noexcept;

}  // namespace amend
