// The retry files: failed, rejected, unknown and unsent. `amend update` takes each of them as it is, or once its rows
// are repaired.
//
// CSV input → `.csv`: the original cells under the original header, as UTF-8 with a byte order mark and RFC 4180 with
// `,`, whatever the input's encoding and delimiter were, then these columns, which the reader ignores:
//   failed.csv, unknown.csv   amend_line, amend_error_code, amend_error
//   rejected.csv              amend_line, amend_error_code, amend_error, amend_raw
//   unsent.csv                amend_line, amend_raw
// `amend_raw` is filled for a row that could not be parsed (its text does not give the header's number of cells): such
// a row has empty cells and its first 4 KiB there. The same holds for a refused text that only looks like a row:
// a line inside a damaged quote, or a row that was cut. Values are never changed: +852 is a dial code.
//
// NDJSON input → `.ndjson`: the original line, byte for byte, with the same names added as members before its closing
// brace. An unparsable line becomes an object of the amend_ members alone.
//
// amend_ columns and members that the input already has (it is a retry file itself) are dropped, never doubled.
//
// Threads: one; the sink the reporter's. Errors: DurabilityError, and as each function says. Lifetime: the run
// directory outlives the sink. Bounds: one row; rewrite_retry_files: 24 bytes for each row of a file that it changes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/row/position.hpp"
#include "amend/row/row_set.hpp"
#include "amend/run/run_directory.hpp"
#include "amend/run/sink.hpp"

namespace amend {

/// How the rows of the input are read again.
class InputLayout {
 public:
  /// `format` is csv or ndjson, never automatic; `header` and `delimiter` matter to csv only.
  InputLayout(Format format_, std::vector<std::string> header_ = {}, char delimiter_ = ',')
      : format(format_), header(std::move(header_)), delimiter(delimiter_) {}

  Format format;
  std::vector<std::string> header;
  char delimiter;
};

/// A sink that ignores success and writes each other row to failed, rejected or unknown. A file is created by its first
/// row. A file named in `edited` is never opened.
std::unique_ptr<Sink> open_retry_files(const RunDirectory& run, InputLayout layout,
                                       std::vector<std::string> edited = {});

/// Brings failed, unknown and rejected into the order of the input, and removes the rows that begin at `lines` of it.
/// For a closed sink. Each file is replaced as a whole, and removed when no row is left. A file named in `edited` is
/// not changed. Throws InputError when a file cannot be read or is not in the form that the sink writes.
void rewrite_retry_files(const RunDirectory& run, const InputLayout& layout, const RowSet& lines,
                         std::span<const std::string> edited = {});

/// Writes unsent.csv or unsent.ndjson at the end of a run. The file appears when close() succeeds, and is complete: an
/// operator would take a part of the unsent rows for all of them.
class UnsentWriter {
 public:
  UnsentWriter(const RunDirectory& run, InputLayout layout);
  UnsentWriter(const UnsentWriter&) = delete;
  UnsentWriter& operator=(const UnsentWriter&) = delete;
  ~UnsentWriter();

  /// `raw`: the row as it is in the input, without its line end (Record::raw). `fault`: why the reader refuses it
  /// (Record::fault). Null: the reader accepts it.
  void add(const Position& position, std::string_view raw, const Reason* fault = nullptr);
  std::uint64_t count() const noexcept;
  void close();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace amend
