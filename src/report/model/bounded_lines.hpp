// The lines of a file of any origin. Layer 2.
//
// Threads: one. Errors: none; a file that is missing has no lines. Bounds: one line of at most `bytes_max` bytes.
#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace amend::report {

class BoundedLines {
 public:
  /// Skips a line of more than `bytes_max` bytes.
  BoundedLines(const std::string& path, std::size_t bytes_max) : file_(path, std::ios::binary), line_(bytes_max + 1) {}

  bool is_open() const { return file_.is_open(); }
  /// Without its "\n"; valid until the next call. nullopt: the file has no other line.
  std::optional<std::string_view> next();

 private:
  std::ifstream file_;
  std::vector<char> line_;
};

}  // namespace amend::report
