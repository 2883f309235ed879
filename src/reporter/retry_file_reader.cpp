#include "reporter/retry_file_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <limits>

#include "reporter/retry_file_rows.hpp"
#include "row/csv_cell.hpp"
#include "run/json_reading.hpp"

namespace amend {
namespace {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max() / 2;

}  // namespace

RetryFileReader::RetryFileReader(const std::string& path, const InputLayout& layout, std::uint64_t end)
    : path_(path),
      format_(layout.format),
      file_(path, std::ios::binary),
      piece_(retry_file_piece_bytes, '\0'),
      end_(end),
      parser_(',', retry_file_row_max, no_limit),
      line_at_(no_limit) {
  if (!file_) refuse();
  if (format_ == Format::ndjson) return;
  read();
  if (!rest_.starts_with(byte_order_mark)) refuse();
  rest_.remove_prefix(byte_order_mark.size());
  if (!next_record()) refuse();
  for (std::size_t i = 0; i < record_.size(); ++i)
    if (record_.field(i) == "amend_line") line_at_ = i;
  rows_begin_ = byte_order_mark.size() + parser_.position().byte + 1;  // the LF of CRLF is still to come
  rows_end_ = rows_begin_;
}

std::optional<RetryFilePlace> RetryFileReader::next() {
  const std::optional<RetryFilePlace> row = format_ == Format::ndjson ? next_json() : next_csv();
  if (row) rows_end_ = row->offset + row->bytes;
  return row;
}

std::optional<RetryFilePlace> RetryFileReader::next_whole() {
  const std::optional<RetryFilePlace> row = next();
  if (!row && rows_end_ != end_) refuse();
  return row;
}

void RetryFileReader::refuse() const {
  throw InputError(printable(path_) + ": amend did not write this file, or the file was changed");
}

std::optional<RetryFilePlace> RetryFileReader::next_csv() {
  if (!next_record()) return std::nullopt;
  RetryFilePlace place;
  place.offset = byte_order_mark.size() + record_.position().byte;
  place.bytes = record_.raw().size() + 2;
  if (place.offset + place.bytes > end_) return std::nullopt;
  if (line_at_ >= record_.size()) refuse();
  place.line = number(record_.field(line_at_));
  return place;
}

bool RetryFileReader::next_record() {
  while (true) {
    if (rest_.empty() && (!file_ || left_ == 0)) return false;  // a whole row ends at its line end
    if (rest_.empty()) read();
    if (parser_.parse(rest_, record_) == CsvParser::Stop::record) return true;
  }
}

void RetryFileReader::read() {
  file_.read(piece_.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(piece_.size(), left_)));
  rest_ = std::string_view(piece_.data(), static_cast<std::size_t>(file_.gcount()));
  left_ -= rest_.size();
}

std::optional<RetryFilePlace> RetryFileReader::next_json() {
  std::string text;
  if (!std::getline(file_, text) || offset_ + text.size() + 1 > end_) return std::nullopt;
  const auto line = number_in(object_in(text), "amend_line");
  if (!line) refuse();
  RetryFilePlace place;
  place.line = *line;
  place.offset = offset_;
  place.bytes = text.size() + 1;
  offset_ += place.bytes;
  return place;
}

std::uint64_t RetryFileReader::number(std::string_view text) const {
  std::uint64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) refuse();
  return value;
}

RetryFileParts::RetryFileParts(const std::string& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_ < 0) refuse();
}

RetryFileParts::~RetryFileParts() { ::close(descriptor_); }

void RetryFileParts::append(std::string& out, std::uint64_t offset, std::uint64_t bytes) const {
  const std::size_t begin = out.size();
  out.resize(begin + bytes);
  for (std::size_t got = 0; got < bytes;) {
    const ssize_t more = ::pread(descriptor_, out.data() + begin + got, bytes - got, static_cast<off_t>(offset + got));
    if (more < 0 && errno == EINTR) continue;
    if (more <= 0) refuse();
    got += static_cast<std::size_t>(more);
  }
}

void RetryFileParts::refuse() const {
  throw InputError(printable(path_) + ": amend cannot read this retry file again");
}

std::uint64_t size_of_retry_file(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) throw InputError(printable(path) + ": " + error.message());
  return size;
}

}  // namespace amend
