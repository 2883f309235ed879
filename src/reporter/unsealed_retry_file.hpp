// A retry file without a seal, because its run was killed or lost its power. Compares it with what the sink has
// written.
//
// The file may be incomplete: rows may be missing, the last one may be cut, and NULs may be at its end (a file system
// can make a file longer before it writes the bytes). Any other difference was made by an operator, or is damage.
//
// Threads: one. Errors: none; a file that cannot be read differs. Bounds: 16 bytes for each row of the file, and one
// row; the file is read once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/row/outcome.hpp"
#include "reporter/retry_file_rows.hpp"
#include "reporter/retry_files.hpp"

namespace amend {

class UnsealedRetryFile {
 public:
  UnsealedRetryFile(const RunDirectory& run, std::string name, const InputLayout& layout);

  const std::string& name() const noexcept { return name_; }
  /// Takes each row of the input once: its status in the log (nullopt: no record), the line where it begins, its bytes
  /// and the reason, which may be null.
  void compare(std::optional<Status> status, std::uint64_t line, std::string_view raw, const Reason* reason);
  /// Whether each row of the file was among the rows compared.
  bool is_as_written() const noexcept { return !differs_ && rows_known_ == rows_.size() && is_cut_row_known_; }

 private:
  class Row {
   public:
    Row(std::uint64_t line_, std::uint64_t hash_) noexcept : line(line_), hash(hash_) {}

    std::uint64_t line;
    std::uint64_t hash;  // of its text
  };

  void read(const std::string& path, const InputLayout& layout);

  std::string name_;
  std::optional<Status> status_;  // of its rows
  RetryFileRows written_;
  bool differs_ = false;
  std::vector<Row> rows_;  // by line
  std::uint64_t rows_known_ = 0;
  std::string cut_row_;
  bool is_cut_row_known_ = true;
  std::string text_;
};

}  // namespace amend
