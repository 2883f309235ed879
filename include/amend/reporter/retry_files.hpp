// failed, rejected, unknown and unsent: files of rows that can be fed straight back to `amend update`. Layer 2.
//
// CSV input → `.csv`: the original cells under the original header, as UTF-8 with a byte order mark and RFC 4180 with
// `,`, whatever the input's encoding and delimiter were, then these columns, which the reader ignores:
//   failed.csv, unknown.csv   amend_line, amend_error_code, amend_error
//   rejected.csv              amend_line, amend_error_code, amend_error, amend_raw
//   unsent.csv                amend_line, amend_raw
// `amend_raw` is filled for a row that could not be parsed (its text does not give the header's number of cells): such
// a row has empty cells and its first 4 KiB there. So has one that the reader refused and that only looks like a row:
// a line inside a damaged quote, or a row that was cut. Values are never "neutralised": +852 is a dial code.
//
// NDJSON input → `.ndjson`: the original line, byte for byte, with the same names added as members before its closing
// brace. An unparsable line becomes an object of the amend_ members alone.
//
// amend_ columns and members that the input already has (it is a file fed back) are dropped, never doubled.
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
#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/sink.hpp"
#include "amend/row/position.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

/// How the rows of the input are to be read again.
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
/// row; one of `edited` is never opened. `run` must outlive the sink. Reporter thread.
std::unique_ptr<Sink> open_retry_files(const RunDirectory& run, InputLayout layout,
                                       std::vector<std::string> edited = {});

/// Brings failed, unknown and rejected into the order of the input, and takes the rows out that begin at these lines of
/// it; each file replaced as a whole, one without further rows removed, the names in `edited` left alone. When the sink
/// is closed. Memory: 24 bytes for each row of a file that is to be changed, and the longest row. Throws
/// DurabilityError, and InputError when a file cannot be read or is not what the sink has written.
void rewrite_retry_files(const RunDirectory& run, const InputLayout& layout, const RowSet& lines,
                         std::span<const std::string> edited = {});

/// Writes unsent.csv or unsent.ndjson at the end of a run. The file appears when close() succeeds, complete, or never:
/// a part of the unsent rows would be mistaken for all of them. Throws DurabilityError. One thread.
class UnsentWriter {
 public:
  UnsentWriter(const RunDirectory& run, InputLayout layout);
  UnsentWriter(const UnsentWriter&) = delete;
  UnsentWriter& operator=(const UnsentWriter&) = delete;
  ~UnsentWriter();

  /// `raw`: the row as it stands in the input, without its line end (Record::raw). `fault`: why the reader refuses it
  /// (Record::fault); null when it does not.
  void add(const Position& position, std::string_view raw, const Reason* fault = nullptr);
  std::uint64_t count() const noexcept;
  void close();

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace amend
