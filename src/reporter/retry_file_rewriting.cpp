// rewrite_retry_files of reporter/retry_files.hpp.
#include <algorithm>
#include <optional>
#include <vector>

#include "reporter/retry_file_reader.hpp"
#include "reporter/retry_files.hpp"
#include "run/append_file.hpp"

namespace amend {
namespace {

bool is_recorded(const std::string& path, const InputLayout& layout, const RowSet& lines) {
  RetryFileReader rows(path, layout, size_of_retry_file(path));
  std::uint64_t last = 0;
  while (const auto row = rows.next_whole()) {
    if (row->line < last || lines.contains(row->line)) return false;
    last = row->line;
  }
  return true;
}

void write_rows(const std::string& from, std::uint64_t header_bytes, const std::vector<RetryFilePlace>& rows,
                AppendFile& out) {
  const RetryFileParts parts(from);
  std::string buffer;
  parts.append(buffer, 0, header_bytes);
  for (const RetryFilePlace& row : rows) {
    parts.append(buffer, row.offset, row.bytes);
    if (buffer.size() < retry_file_piece_bytes) continue;
    out.write(buffer);
    buffer.clear();
  }
  out.write(buffer);
  out.close();
}

void settle(const RunDirectory& run, const std::string& name, const InputLayout& layout, const RowSet& lines) {
  RetryFileReader reader(run.path(name), layout, size_of_retry_file(run.path(name)));
  std::vector<RetryFilePlace> rows;
  while (const auto row = reader.next_whole())
    if (!lines.contains(row->line)) rows.push_back(*row);
  std::ranges::stable_sort(rows, {}, &RetryFilePlace::line);
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

}  // namespace

void rewrite_retry_files(const RunDirectory& run, const InputLayout& layout, const RowSet& lines,
                         std::span<const std::string> edited) {
  const auto files = run.files();
  for (const std::string_view stem : {"failed", "unknown", "rejected"}) {
    const std::string name = std::string(stem) + (layout.format == Format::ndjson ? ".ndjson" : ".csv");
    const bool is_there = std::ranges::find(files, name) != files.end();
    if (!is_there || std::ranges::find(edited, name) != edited.end()) continue;
    if (!is_recorded(run.path(name), layout, lines)) settle(run, name, layout, lines);
  }
}

}  // namespace amend
