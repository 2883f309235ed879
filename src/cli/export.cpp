#include "cli/export.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "amend/reporter/run_directory.hpp"
#include "amend/reporter/run_view.hpp"
#include "amend/reporter/sink.hpp"

namespace amend::cli {
namespace {

/// Stdout, or a new file that is removed again when it could not be written to its end.
class Target {
 public:
  explicit Target(const std::string& path) : path_(path), stream_(path.empty() ? stdout : create(path)) {}
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  ~Target() {
    if (path_.empty() || !stream_) return;
    std::fclose(stream_);
    ::unlink(path_.c_str());
  }

  void write(std::string_view text) {
    if (!reader_left_ && std::fwrite(text.data(), 1, text.size(), stream_) != text.size()) fail(errno);
  }
  void close() {
    if (!reader_left_ && std::fflush(stream_) != 0) fail(errno);
    if (path_.empty()) return;
    if (::fsync(::fileno(stream_)) != 0) fail(errno);
    if (std::fclose(std::exchange(stream_, nullptr)) != 0) fail(errno);
  }

 private:
  static std::FILE* create(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    const int error = errno;
    std::FILE* stream = descriptor < 0 ? nullptr : ::fdopen(descriptor, "w");
    if (stream) return stream;
    throw ConfigError(error == EEXIST ? fmt::format("--out: {} exists already; name a new file", printable(path))
                                      : fmt::format("--out: {} cannot be created: {}", printable(path),
                                                    std::generic_category().message(error)));
  }
  void fail(int error) {
    reader_left_ = path_.empty() && error == EPIPE;
    if (!reader_left_) throw DurabilityError(path_.empty() ? "standard output" : path_, "cannot write", error);
  }

  std::string path_;
  std::FILE* stream_;
  bool reader_left_ = false;  // of standard output: it has seen enough
};

}  // namespace

std::string_view export_header() noexcept {
  return "row,line,id,status,http,attempts,ms,request_id,at,error_code,error,source,applied,warning\r\n";
}

std::string spreadsheet_cell(std::string_view text) {
  constexpr std::string_view dangerous = "=+-@\t\r";
  std::string cell;
  if (!text.empty() && dangerous.find(text.front()) != std::string_view::npos) cell += '\'';
  cell += text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
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
  if (!options.csv)
    throw ConfigError("--csv: say that the log is to be written as CSV", ExitCode::usage,
                      fmt::format("amend export {} --csv", shell_quoted(printable(options.run, 4096))));
  const std::string& run = options.run;
  if (std::error_code error; !std::filesystem::exists(run + "/run.json", error)) throw no_run_in(run);
  Target target(options.export_file);
  target.write(export_header());
  const LogState log = read_log(run, [&](const JournalRecord& record) { target.write(export_line(record)); });
  target.close();
  if (!log.damaged_at) return ExitCode::success;
  std::fprintf(stderr,
               "amend: %s/results.ndjson was changed at byte %llu: only the %llu records before it are written\n",
               printable(run).c_str(), static_cast<unsigned long long>(*log.damaged_at),
               static_cast<unsigned long long>(log.records));
  return ExitCode::input;
}

}  // namespace amend::cli
