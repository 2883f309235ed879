#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <vector>

#include "amend/reader/csv_parser.hpp"
#include "amend/reporter/feedback.hpp"
#include "amend/reporter/journal.hpp"
#include "reporter/append_file.hpp"
#include "reporter/feedback_rows.hpp"
#include "reporter/json_reading.hpp"
#include "row/csv_cell.hpp"

namespace amend {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::uint64_t cut_row_max = 16 * 1024 * 1024;  // more than a row of the input can become
constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max() / 2;

/// Where a row is in its file.
class Place {
 public:
  std::uint64_t line = 0;  // of the input, where the row begins
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;  // with its line end
};

/// The rows of a file that the sink has written, with the line of the input where each begins. What stands behind `end`
/// is not read.
class FeedbackReader {
 public:
  FeedbackReader(const std::string& path, const InputLayout& layout, std::uint64_t end)
      : path_(path), format_(layout.format), file_(path, std::ios::binary), piece_(piece_bytes, '\0'), end_(end) {
    if (!file_) refuse();
    if (format_ == Format::ndjson) return;
    read();
    if (!rest_.starts_with(byte_order_mark)) refuse();
    rest_.remove_prefix(byte_order_mark.size());
    if (!next_record()) refuse();
    for (std::size_t i = 0; i < record_.size(); ++i)
      if (record_.field(i) == "amend_line") line_at_ = i;
    rows_begin_ = byte_order_mark.size() + parser_.position().byte + 1;  // the LF of CRLF is still to come
  }

  /// Where the first row begins.
  std::uint64_t rows_begin() const noexcept { return rows_begin_; }

  /// The next row; nullopt: there is none, or it is cut.
  std::optional<Place> next() { return format_ == Format::ndjson ? next_json() : next_csv(); }

 private:
  [[noreturn]] void refuse() const {
    throw InputError(printable(path_) + ": amend did not write this file, or the file was changed");
  }

  std::optional<Place> next_csv() {
    if (!next_record()) return std::nullopt;
    Place place;
    place.offset = byte_order_mark.size() + record_.position().byte;
    place.bytes = record_.raw().size() + 2;
    if (place.offset + place.bytes > end_) return std::nullopt;
    if (line_at_ >= record_.size()) refuse();
    place.line = number(record_.field(line_at_));
    return place;
  }

  bool next_record() {
    while (true) {
      if (rest_.empty() && (!file_ || left_ == 0)) return false;  // a row that is whole ends at its line end
      if (rest_.empty()) read();
      if (parser_.parse(rest_, record_) == CsvParser::Stop::record) return true;
    }
  }

  void read() {
    file_.read(piece_.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(piece_.size(), left_)));
    rest_ = std::string_view(piece_.data(), static_cast<std::size_t>(file_.gcount()));
    left_ -= rest_.size();
  }

  std::optional<Place> next_json() {
    std::string text;
    if (!std::getline(file_, text) || offset_ + text.size() + 1 > end_) return std::nullopt;
    const auto line = number_in(object_in(text), "amend_line");
    if (!line) refuse();
    Place place;
    place.line = *line;
    place.offset = offset_;
    place.bytes = text.size() + 1;
    offset_ += place.bytes;
    return place;
  }

  std::uint64_t number(std::string_view text) const {
    std::uint64_t value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) refuse();
    return value;
  }

  std::string path_;
  Format format_;
  std::ifstream file_;
  std::string piece_;
  std::uint64_t end_;
  std::uint64_t left_ = end_;  // not read yet
  std::string_view rest_;
  CsvParser parser_{',', no_limit, no_limit};
  Record record_;
  std::size_t line_at_ = no_limit;
  std::uint64_t rows_begin_ = 0;
  std::uint64_t offset_ = 0;
};

std::uint64_t size_of(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw InputError(printable(path) + ": " + error.message());
  return size;
}

bool is_settled(const std::string& path, const InputLayout& layout, const RowSet& lines) {
  FeedbackReader rows(path, layout, size_of(path));
  std::uint64_t last = 0;
  while (const auto row = rows.next()) {
    if (row->line < last || lines.contains(row->line)) return false;
    last = row->line;
  }
  return true;
}

/// Parts of a file, in any order.
class Parts {
 public:
  explicit Parts(const std::string& path) : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) refuse();
  }
  ~Parts() { ::close(descriptor_); }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  /// False: the file ends before.
  [[nodiscard]] bool append(std::string& out, std::uint64_t offset, std::uint64_t bytes) const {
    const std::size_t begin = out.size();
    out.resize(begin + bytes);
    for (std::size_t got = 0; got < bytes;) {
      const ssize_t more =
          ::pread(descriptor_, out.data() + begin + got, bytes - got, static_cast<off_t>(offset + got));
      if (more < 0 && errno == EINTR) continue;
      if (more < 0) refuse();
      if (more == 0) return false;
      got += static_cast<std::size_t>(more);
    }
    return true;
  }

  void append_all(std::string& out, std::uint64_t offset, std::uint64_t bytes) const {
    if (!append(out, offset, bytes)) refuse();
  }

 private:
  [[noreturn]] void refuse() const { throw InputError(printable(path_) + ": amend cannot read this retry file again"); }

  std::string path_;
  int descriptor_;
};

void write_rows(const std::string& from, std::uint64_t header_bytes, const std::vector<Place>& rows, AppendFile& out) {
  const Parts parts(from);
  std::string buffer;
  parts.append_all(buffer, 0, header_bytes);
  for (const Place& row : rows) {
    parts.append_all(buffer, row.offset, row.bytes);
    if (buffer.size() < piece_bytes) continue;
    out.write(buffer);
    buffer.clear();
  }
  out.write(buffer);
  out.close();
}

void settle(const RunDirectory& run, const std::string& name, const InputLayout& layout, const RowSet& lines) {
  FeedbackReader reader(run.path(name), layout, size_of(run.path(name)));
  std::vector<Place> rows;
  while (const auto row = reader.next())
    if (!lines.contains(row->line)) rows.push_back(*row);
  std::ranges::stable_sort(rows, {}, &Place::line);
  if (rows.empty()) {
    run.remove(name);
    return run.sync();
  }
  const std::string rest = name + ".tmp";
  run.remove(rest);
  AppendFile out(run, rest);
  write_rows(run.path(name), reader.rows_begin(), rows, out);
  run.rename(rest, name);
}

// A file system may have made a file as long as it was to be, and not have written its end.
std::uint64_t size_without_nuls_at_end(const std::string& path) {
  const Parts parts(path);
  std::string piece;
  for (std::uint64_t end = size_of(path); end > 0; end -= piece.size()) {
    piece.clear();
    const std::uint64_t bytes = std::min<std::uint64_t>(piece_bytes, end);
    parts.append_all(piece, end - bytes, bytes);
    const std::size_t last = piece.find_last_not_of('\0');
    if (last != std::string::npos) return end - bytes + last + 1;
  }
  return 0;
}

}  // namespace

LeftFile::LeftFile(const RunDirectory& run, std::string name, const InputLayout& layout) : name_(std::move(name)) {
  try {
    read(run.path(name_), layout);
  } catch (const InputError&) {
    is_foreign_ = true;  // rows that amend does not write
  }
}

bool LeftFile::is_rejected() const noexcept { return name_.starts_with("rejected"); }

void LeftFile::read(const std::string& path, const InputLayout& layout) {
  const Parts parts(path);
  const std::uint64_t end = size_without_nuls_at_end(path);
  std::string header;
  FeedbackRows(layout, is_rejected() ? FeedbackKind::rejected : FeedbackKind::sent).append_header(header);
  std::string text;
  parts.append_all(text, 0, std::min<std::uint64_t>(header.size(), end));
  is_foreign_ = !header.starts_with(text);
  if (is_foreign_ || end <= header.size()) return;
  FeedbackReader reader(path, layout, end);
  std::uint64_t whole = header.size();
  while (const auto row = reader.next()) {
    text.clear();
    parts.append_all(text, row->offset, row->bytes);
    rows_.emplace_back(row->line, content_hash(text));
    whole = row->offset + row->bytes;
  }
  std::ranges::sort(rows_, {}, &Row::line);
  is_foreign_ = end - whole > cut_row_max;
  if (!is_foreign_) parts.append_all(cut_row_, whole, end - whole);
}

void LeftFile::show(std::uint64_t line, std::string_view text) {
  const auto row = std::ranges::lower_bound(rows_, line, {}, &Row::line);
  if (row != rows_.end() && row->line == line && row->hash == content_hash(text)) ++rows_known_;
  if (text.starts_with(cut_row_)) is_cut_row_known_ = true;
}

bool LeftFile::is_as_written() const noexcept {
  return !is_foreign_ && rows_known_ == rows_.size() && (is_cut_row_known_ || cut_row_.empty());
}

void settle_feedback(const RunDirectory& run, const InputLayout& layout, const RowSet& lines,
                     std::span<const std::string> edited) {
  const auto files = run.files();
  for (const std::string_view stem : {"failed", "unknown", "rejected"}) {
    const std::string name = std::string(stem) + (layout.format == Format::ndjson ? ".ndjson" : ".csv");
    const bool is_there = std::ranges::find(files, name) != files.end();
    if (!is_there || std::ranges::find(edited, name) != edited.end()) continue;
    if (!is_settled(run.path(name), layout, lines)) settle(run, name, layout, lines);
  }
}

}  // namespace amend
