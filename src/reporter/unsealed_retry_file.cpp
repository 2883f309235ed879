#include "reporter/unsealed_retry_file.hpp"

#include <algorithm>

#include "amend/run/journal.hpp"
#include "reporter/retry_file_reader.hpp"

namespace amend {
namespace {

std::optional<Status> status_of(std::string_view name) noexcept {
  if (name.starts_with("failed")) return Status::failed;
  if (name.starts_with("unknown")) return Status::unknown;
  if (name.starts_with("rejected")) return Status::rejected;
  return std::nullopt;  // unsent
}

RetryFileKind kind_of(std::optional<Status> status) noexcept {
  if (!status) return RetryFileKind::unsent;
  return status == Status::rejected ? RetryFileKind::rejected : RetryFileKind::sent;
}

// A file system may have set the length of a file without writing its end.
std::uint64_t size_without_nuls_at_end(const std::string& path) {
  const RetryFileParts parts(path);
  std::string piece;
  for (std::uint64_t end = size_of_retry_file(path); end > 0; end -= piece.size()) {
    piece.clear();
    const std::uint64_t bytes = std::min<std::uint64_t>(retry_file_piece_bytes, end);
    parts.append(piece, end - bytes, bytes);
    const std::size_t last = piece.find_last_not_of('\0');
    if (last != std::string::npos) return end - bytes + last + 1;
  }
  return 0;
}

}  // namespace

UnsealedRetryFile::UnsealedRetryFile(const RunDirectory& run, std::string name, const InputLayout& layout)
    : name_(std::move(name)), status_(status_of(name_)), written_(layout, kind_of(status_)) {
  try {
    read(run.path(name_), layout);
  } catch (const InputError&) {
    differs_ = true;
  }
}

void UnsealedRetryFile::read(const std::string& path, const InputLayout& layout) {
  const RetryFileParts parts(path);
  const std::uint64_t end = size_without_nuls_at_end(path);
  std::string header;
  written_.append_header(header);
  parts.append(text_, 0, std::min<std::uint64_t>(header.size(), end));
  differs_ = !header.starts_with(text_);
  if (differs_ || end <= header.size()) return;
  RetryFileReader reader(path, layout, end);
  while (const auto row = reader.next()) {
    text_.clear();
    parts.append(text_, row->offset, row->bytes);
    rows_.emplace_back(row->line, content_hash(text_));
  }
  std::ranges::sort(rows_, {}, &Row::line);
  const std::uint64_t cut = end - reader.rows_end();
  differs_ = cut > retry_file_row_max;
  if (!differs_) parts.append(cut_row_, reader.rows_end(), cut);
  is_cut_row_known_ = cut_row_.empty();
}

void UnsealedRetryFile::compare(std::optional<Status> status, std::uint64_t line, std::string_view raw,
                                const Reason* reason) {
  if (differs_ || status != status_) return;
  const auto row = std::ranges::lower_bound(rows_, line, {}, &Row::line);
  const bool is_there = row != rows_.end() && row->line == line;
  if (!is_there && is_cut_row_known_) return;
  text_.clear();
  written_.append_row(text_, line, raw, reason);
  if (is_there && row->hash == content_hash(text_)) ++rows_known_;
  if (text_.starts_with(cut_row_)) is_cut_row_known_ = true;
}

}  // namespace amend
