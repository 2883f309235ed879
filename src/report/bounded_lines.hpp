// The lines of a file that anybody may have written, in bounded memory. Layer 2; one thread.
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
  /// A line of more than `bytes_max` bytes is passed over. A file that is not there has no lines.
  BoundedLines(const std::string& path, std::size_t bytes_max) : file_(path, std::ios::binary), line_(bytes_max + 1) {}

  bool is_open() const { return file_.is_open(); }
  /// Without its "\n"; valid until the next call. nullopt: there is none any more.
  std::optional<std::string_view> next();

 private:
  std::ifstream file_;
  std::vector<char> line_;
};

}  // namespace amend::report
