// The rows of a retry file (retry_files.hpp), read from the run directory.
//
// Threads: one. Errors: InputError when the file cannot be read, or is not in the form that amend writes. Bounds: one
// row, at most retry_file_row_max.
#pragma once

#include <cstdint>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

#include "amend/row/record.hpp"
#include "reader/csv/csv_parser.hpp"
#include "reporter/retry_files.hpp"

namespace amend {

inline constexpr std::size_t retry_file_piece_bytes = 64 * 1024;
inline constexpr std::size_t retry_file_row_max = 16 * 1024 * 1024;  // more than a row of the input can become

/// Where a row is in its file.
class RetryFilePlace {
 public:
  std::uint64_t line = 0;  ///< of the input, where the row begins
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  ///< with its line end
};

/// The rows in the order of the file, up to the byte `end`.
class RetryFileReader {
 public:
  RetryFileReader(const std::string& path, const InputLayout& layout, std::uint64_t end);

  /// Where the first row begins.
  std::uint64_t rows_begin() const noexcept { return rows_begin_; }
  /// Where the last row that was returned has ended.
  std::uint64_t rows_end() const noexcept { return rows_end_; }

  /// The next row. nullopt: the file has no other row, or the row is cut.
  std::optional<RetryFilePlace> next();
  /// The next row. nullopt: the file has no other row. Throws InputError for a row that is cut.
  std::optional<RetryFilePlace> next_whole();

 private:
  [[noreturn]] void refuse() const;
  std::optional<RetryFilePlace> next_csv();
  bool next_record();
  void read();
  std::optional<RetryFilePlace> next_json();
  std::uint64_t number(std::string_view text) const;

  std::string path_;
  Format format_;
  std::ifstream file_;
  std::string piece_;
  std::uint64_t end_;
  std::uint64_t left_ = end_;  // not read yet
  std::string_view rest_;
  CsvParser parser_;
  Record record_;
  std::size_t line_at_;
  std::uint64_t rows_begin_ = 0;
  std::uint64_t rows_end_ = 0;
  std::uint64_t offset_ = 0;
};

/// Parts of the file, in any order.
class RetryFileParts {
 public:
  explicit RetryFileParts(const std::string& path);
  ~RetryFileParts();
  RetryFileParts(const RetryFileParts&) = delete;
  RetryFileParts& operator=(const RetryFileParts&) = delete;

  void append(std::string& out, std::uint64_t offset, std::uint64_t bytes) const;

 private:
  [[noreturn]] void refuse() const;

  std::string path_;
  int descriptor_;
};

std::uint64_t size_of_retry_file(const std::string& path);

}  // namespace amend
