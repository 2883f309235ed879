// The text of a retry file: header and rows, in CSV or NDJSON (retry_files.hpp). Layer 2, pure.
//
// Threads: one. Bounds: one row.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "amend/error.hpp"
#include "amend/row/record.hpp"
#include "reporter/retry_files.hpp"

namespace amend {

/// Decides the amend_ columns.
enum class RetryFileKind : std::uint8_t { sent, rejected, unsent };

class RetryFileRows {
 public:
  RetryFileRows(InputLayout layout, RetryFileKind kind);

  /// CSV: the header line. NDJSON has none.
  void append_header(std::string& out) const;

  /// `reason` may be null. A refused text that only looks like a row (from inside a damaged quote, or cut) is written
  /// in amend_raw alone. Throws std::logic_error for a CSV row of kind `sent` that does not parse, because it was
  /// parsed before it was sent.
  void append_row(std::string& out, std::uint64_t line, std::string_view raw, const Reason* reason);

 private:
  void append_csv(std::string& out, std::uint64_t line, std::string_view raw, const Reason* reason);
  void append_json(std::string& out, std::uint64_t line, std::string_view raw, const Reason* reason) const;
  bool parse_cells(std::string_view raw);

  InputLayout layout_;
  RetryFileKind kind_;
  std::vector<std::size_t> kept_;  // header columns that are not ours
  Record record_;
};

}  // namespace amend
