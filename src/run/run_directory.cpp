#include "amend/run/run_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <random>
#include <system_error>
#include <thread>
#include <utility>

#include "amend/error.hpp"
#include "amend/row/selection.hpp"
#include "amend/run/result_log.hpp"
#include "amend/run/sink.hpp"
#include "row/shell_path.hpp"
#include "row/utc_time.hpp"
#include "run/append_file.hpp"
#include "run/json_reading.hpp"
#include "run/run_locks.hpp"
#include "run/run_place.hpp"

namespace amend {
namespace {

bool disk_is_at_fault(int error_number) {
  return error_number == ENOSPC || error_number == EDQUOT || error_number == EIO;
}

int sync_directory(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return errno;
  const int error = ::fsync(descriptor) == 0 ? 0 : errno;
  ::close(descriptor);
  return error;
}

std::string parent_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

void create_directory(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) == 0) {
    if (const int error = sync_directory(parent_of(path))) fail_to_create(path, "cannot create the directory", error);
    return;
  }
  const int error = errno;
  struct stat info {};
  // Some systems report EROFS or EACCES before EEXIST, so only the existence of the directory counts.
  const bool there = ::stat(path.c_str(), &info) == 0;
  if (there && S_ISDIR(info.st_mode)) return;
  fail_to_create(path, "cannot create the directory", there ? ENOTDIR : error);
}

void create_directories(const std::string& path) {
  for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    create_directory(path.substr(0, slash));
  }
  create_directory(path);
}

std::string without_slash_at_end(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

}  // namespace

void fail_to_create(const std::string& path, std::string_view action, int error_number) {
  if (disk_is_at_fault(error_number)) throw DurabilityError(path, action, error_number);
  throw ConfigError(fmt::format("--run: {}: {}: {}; name another directory", path, action,
                                std::generic_category().message(error_number)));
}

ConfigError directory_in_use(const std::string& directory) {
  return ConfigError(
      fmt::format("--run: {} is in use by another process. Wait until that process ends, or name another directory",
                  printable(directory)),
      ExitCode::run_directory_in_use, fmt::format("amend control {} status", shell_path(directory)));
}

std::string default_run_directory(std::chrono::system_clock::time_point now, std::uint32_t random) {
  return fmt::format("{}-{:06x}", utc_text(now, "amend-runs/%Y%m%dT%H%M%SZ"), random & 0xFFFFFF);
}

// The name of a directory may contain a line break. Only the last one was added by amend.
std::optional<std::string> undone_by(const std::string& directory) {
  std::string by = content_of(directory + "/" + std::string(undone_name));
  if (by.empty()) return std::nullopt;
  if (by.back() == '\n') by.pop_back();
  return by;
}

std::string new_directory_beside(const std::string& run) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::absolute(without_slash_at_end(run)).lexically_normal().parent_path();
  const auto name = default_run_directory(std::chrono::system_clock::now(), std::random_device{}());
  std::error_code error;
  const fs::path relative = fs::proximate(folder, error);
  const bool below = !error && *relative.begin() != "..";
  return ((below ? relative : folder) / fs::path(name).filename()).lexically_normal().string();
}

ConfigError no_run_in(const std::string& directory) {
  namespace fs = std::filesystem;
  constexpr std::string_view usual = "amend-runs";  // what `amend runs` lists by default
  std::error_code error;
  std::string folder = directory;
  if (!fs::is_directory(directory, error) || fs::is_regular_file(directory + "/bench.json", error))
    folder = fs::path(without_slash_at_end(directory)).parent_path().string();
  if (folder.empty() && !fs::is_directory(usual, error)) folder = ".";
  const bool listed = !folder.empty() && without_slash_at_end(folder) != usual && fs::is_directory(folder, error);
  return ConfigError(
      printable(directory) + ": this is not a run directory (it contains no run.json). Name the directory of a run",
      ExitCode::usage, listed ? "amend runs " + shell_path(folder) : "amend runs");
}

StartLock::StartLock(const std::string& directory) {
  constexpr std::chrono::milliseconds look_up_every{10};
  constexpr std::chrono::seconds limit{10};
  std::string path = without_slash_at_end(directory);
  if (path.empty()) path = default_run_directory(std::chrono::system_clock::now(), 0);
  const std::string folder = parent_of(path);
  create_directories(folder);
  folder_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const auto end = std::chrono::steady_clock::now() + limit;
  while (folder_ >= 0 && ::flock(folder_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK &&
         std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(look_up_every);
}

StartLock::~StartLock() {
  if (folder_ >= 0) ::close(folder_);
}

RunDirectory::RunDirectory(const std::string& directory, Opening opening) : path_(without_slash_at_end(directory)) {
  if (opening == Opening::start) {
    if (path_.empty()) path_ = default_run_directory(std::chrono::system_clock::now(), std::random_device{}());
    refuse_used_directory(path_);
    create_directories(path_);
  } else if (!exists(path("run.json"))) {
    throw no_run_in(path_);
  }
  locks_ = std::make_unique<RunLocks>(path_);
  if (opening == Opening::start) {
    take_place();
    return;
  }
  open_existing_log();
  if (opening == Opening::again && log_ >= 0) throw directory_in_use(path_);  // a process was quicker, and has sent
}

RunDirectory::~RunDirectory() {
  if (log_ >= 0) ::close(log_);
}

// Another start may have been quicker and have ended. A selection here is of a start that was killed.
void RunDirectory::take_place() const {
  refuse_files_of_a_run(path_);
  remove(selection_name);
}

void RunDirectory::open_existing_log() {
  log_ = ::open(path(result_log_name).c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
  if (log_ >= 0) locks_->add_log(log_);
  if (log_ < 0 && errno != ENOENT) throw DurabilityError(path(result_log_name), "cannot open", errno);
}

int RunDirectory::open_to_append(std::string_view name) const {
  if (name == result_log_name && log_ >= 0) return std::exchange(log_, -1);
  const std::string file = path(name);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) throw DurabilityError(file, "cannot create the file", errno);
  if (name == result_log_name) locks_->add_log(descriptor);
  return descriptor;
}

bool RunDirectory::is_held(const std::string& directory) { return RunLocks::is_held(directory); }

std::string RunDirectory::path(std::string_view name) const { return fmt::format("{}/{}", path_, name); }

void RunDirectory::write_file(std::string_view name, std::string_view text) const {
  const std::string temporary = fmt::format("{}.tmp", name);
  const std::string file = path(temporary);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) throw DurabilityError(file, "cannot create the file", errno);
  int error = write_all(descriptor, text);
  if (error == 0 && ::fdatasync(descriptor) != 0) error = errno;
  if (::close(descriptor) != 0 && error == 0 && errno != EINTR) error = errno;
  if (error != 0) {
    ::unlink(file.c_str());  // half a file is useless and occupies space
    throw DurabilityError(file, "cannot write", error);
  }
  rename(temporary, name);
}

void RunDirectory::remove(std::string_view name) const {
  if (::unlink(path(name).c_str()) != 0 && errno != ENOENT) throw DurabilityError(path(name), "cannot remove", errno);
}

void RunDirectory::rename(std::string_view from, std::string_view to) const {
  if (::rename(path(from).c_str(), path(to).c_str()) != 0) throw DurabilityError(path(to), "cannot replace", errno);
  sync();
}

void RunDirectory::sync() const {
  if (const int error = sync_directory(path_))
    throw DurabilityError(path_, "cannot write the file names in the directory to disk (fsync)", error);
}

std::vector<std::string> RunDirectory::files() const {
  std::vector<std::string> found;
  for (const std::string_view name : run_file_names()) {
    if (exists(path(name))) found.emplace_back(name);
  }
  return found;
}

}  // namespace amend
