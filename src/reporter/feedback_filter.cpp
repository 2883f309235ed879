#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>

#include "amend/reader/csv_parser.hpp"
#include "amend/reporter/feedback.hpp"
#include "reporter/append_file.hpp"
#include "reporter/json_reading.hpp"

namespace amend {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max() / 2;

/// The rows of a file that the sink has written, with the line of the input where each begins.
class FeedbackReader {
 public:
  FeedbackReader(const std::string& path, const InputLayout& layout)
      : path_(path), format_(layout.format), file_(path, std::ios::binary), piece_(piece_bytes, '\0') {
    if (!file_) refuse();
    if (format_ == Format::ndjson) return;
    if (!next_record()) refuse();
    for (std::size_t i = 0; i < record_.size(); ++i)
      if (record_.field(i) == "amend_line") line_at_ = i;
  }

  std::string header() const { return format_ == Format::ndjson ? "" : std::string(record_.raw()) + "\r\n"; }

  /// The next row with its line end; nullopt: there is none.
  std::optional<std::string> next() {
    if (format_ == Format::ndjson) return next_json();
    if (!next_record()) return std::nullopt;
    if (line_at_ >= record_.size()) refuse();
    const std::string_view text = record_.field(line_at_);
    if (std::from_chars(text.data(), text.data() + text.size(), line_).ec != std::errc()) refuse();
    return std::string(record_.raw()) + "\r\n";
  }
  std::uint64_t line() const noexcept { return line_; }

 private:
  [[noreturn]] void refuse() const { throw InputError(printable(path_) + ": is not what amend has written there"); }

  bool next_record() {
    while (true) {
      if (rest_.empty() && !file_) return parser_.finish(record_) == CsvParser::Stop::record;
      if (rest_.empty()) read();
      if (parser_.parse(rest_, record_) == CsvParser::Stop::record) return true;
    }
  }

  void read() {
    file_.read(piece_.data(), static_cast<std::streamsize>(piece_.size()));
    rest_ = std::string_view(piece_.data(), static_cast<std::size_t>(file_.gcount()));
  }

  std::optional<std::string> next_json() {
    std::string text;
    if (!std::getline(file_, text)) return std::nullopt;
    const auto line = number_in(object_in(text), "amend_line");
    if (!line) refuse();
    line_ = *line;
    return text + "\n";
  }

  std::string path_;
  Format format_;
  std::ifstream file_;
  std::string piece_;
  std::string_view rest_;
  CsvParser parser_{',', no_limit, no_limit};
  Record record_;
  std::size_t line_at_ = no_limit;
  std::uint64_t line_ = 0;
};

// True: some rows are left.
bool copy_without(FeedbackReader& rows, const RowSet& lines, AppendFile& out) {
  std::string buffer = rows.header();
  bool any = false;
  while (const auto row = rows.next()) {
    if (lines.contains(rows.line())) continue;
    any = true;
    buffer += *row;
    if (buffer.size() < piece_bytes) continue;
    out.write(buffer);
    buffer.clear();
  }
  out.write(buffer);
  out.close();
  return any;
}

}  // namespace

void take_out_of_feedback(const RunDirectory& run, const InputLayout& layout, const RowSet& lines) {
  const auto files = run.files();
  for (const std::string_view stem : {"failed", "unknown"}) {
    const std::string name = std::string(stem) + (layout.format == Format::ndjson ? ".ndjson" : ".csv");
    if (std::ranges::find(files, name) == files.end()) continue;
    const std::string rest = name + ".tmp";
    run.remove(rest);
    FeedbackReader rows(run.path(name), layout);
    AppendFile out(run, rest);
    if (copy_without(rows, lines, out)) {
      run.rename(rest, name);
    } else {
      run.remove(name);
      run.remove(rest);
      run.sync();
    }
  }
}

}  // namespace amend
