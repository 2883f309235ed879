#include "cli/command/export.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>

#include "amend/run/run_directory.hpp"
#include "amend/run/run_view.hpp"
#include "amend/run/sink.hpp"
#include "cli/text/output.hpp"

namespace amend::cli {
namespace {

/// Stdout, or a new file that is removed again when it could not be written to its end.
class ExportFile {
 public:
  explicit ExportFile(const std::string& path) : path_(path), stream_(path.empty() ? nullptr : create(path)) {}
  ExportFile(const ExportFile&) = delete;
  ExportFile& operator=(const ExportFile&) = delete;
  ~ExportFile() {
    if (!stream_) return;
    std::fclose(stream_);
    ::unlink(path_.c_str());
  }

  void write(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= buffer_bytes) pass_on();
  }
  void close() {
    pass_on();
    if (!stream_) return;
    if (std::fflush(stream_) != 0) fail(errno);
    if (::fsync(::fileno(stream_)) != 0) fail(errno);
    if (std::fclose(std::exchange(stream_, nullptr)) != 0) fail(errno);
  }

 private:
  static constexpr std::size_t buffer_bytes = 64 * 1024;

  void pass_on() {
    if (!stream_) {
      print(buffer_);
    } else if (std::fwrite(buffer_.data(), 1, buffer_.size(), stream_) != buffer_.size()) {
      fail(errno);
    }
    buffer_.clear();
  }
  static std::FILE* create(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const int error = errno;
    std::FILE* stream = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w");
    if (stream) return stream;
    throw ConfigError(error == EEXIST ? fmt::format("--out: {} exists already; name a new file", printable(path))
                                      : fmt::format("--out: {} cannot be created: {}", printable(path),
                                                    std::generic_category().message(error)));
  }
  [[noreturn]] void fail(int error) const { throw DurabilityError(path_, "cannot write", error); }

  std::string path_;
  std::FILE* stream_;  // null: standard output
  std::string buffer_;
};

// Some spreadsheets treat the full-width forms of East Asian keyboards like the signs themselves.
bool begins_like_formula(std::string_view text) noexcept {
  constexpr std::array<std::string_view, 10> signs{"=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"};
  return std::ranges::any_of(signs, [&](std::string_view sign) { return text.starts_with(sign); });
}

}  // namespace

std::string_view export_header() noexcept {
  return "row,line,id,status,http,attempts,ms,request_id,at,error_code,error,source,applied,warning\r\n";
}

std::string spreadsheet_cell(std::string_view text) {
  std::string cell = begins_like_formula(text) ? "'" : "";
  cell += text;
  // Spreadsheets in many countries separate cells by semicolons, so a formula could begin after one.
  if (cell.find_first_of(",;\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string export_line(const JournalRecord& record) {
  const RecordText text(record.text);
  const std::array<std::string_view, 12> cells{
      text.id, to_string(record.status), text.http,  text.attempts, text.ms,      text.request_id,
      text.at, text.error_code,          text.error, text.source,   text.applied, text.warning};
  std::string line = fmt::format("{},{}", record.row, text.line);
  for (const std::string_view cell : cells) line.append(",").append(spreadsheet_cell(cell));
  return line + "\r\n";
}

ExitCode run_export(const Options& options) {
  const std::string& run = options.run;
  if (std::error_code error; !std::filesystem::exists(run + "/run.json", error)) throw no_run_in(run);
  ExportFile target(options.export_file);
  target.write(export_header());
  const LogState log = read_log(run, [&](const JournalRecord& record) { target.write(export_line(record)); });
  target.close();
  if (!log.damaged_at) return ExitCode::success;
  std::fprintf(stderr, "amend: %s/results.ndjson %s: amend exported only the %llu records that it could read\n",
               printable(run).c_str(), describe(log).c_str(), static_cast<unsigned long long>(log.records));
  return ExitCode::input;
}

}  // namespace amend::cli
