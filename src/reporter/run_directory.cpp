#include "amend/reporter/run_directory.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <random>
#include <system_error>
#include <thread>

#include "amend/error.hpp"
#include "amend/reporter/result_log.hpp"
#include "amend/reporter/sink.hpp"
#include "amend/row/selection.hpp"
#include "amend/row/shell_path.hpp"
#include "reporter/append_file.hpp"

namespace amend {
namespace {

constexpr std::array<std::string_view, 16> known_files{
    result_log_name, "failed.csv",   "failed.ndjson",   "rejected.csv", "rejected.ndjson", "unsent.csv",
    "unsent.ndjson", "unknown.csv",  "unknown.ndjson",  "plan.ndjson",  "rollback.ndjson", "summary.json",
    "run.json",      selection_name, "timeline.ndjson", "report.html"};

bool disk_is_at_fault(int error_number) {
  return error_number == ENOSPC || error_number == EDQUOT || error_number == EIO;
}

[[noreturn]] void fail_to_create(const std::string& path, std::string_view action, int error_number) {
  if (disk_is_at_fault(error_number)) throw DurabilityError(path, action, error_number);
  throw ConfigError(fmt::format("--run: {}: {}: {}; choose another directory", path, action,
                                std::generic_category().message(error_number)));
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
  // EROFS and EACCES come before EEXIST on some systems: what counts is whether the directory is there.
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

// Who only looks whether it is held (is_held) holds it for a moment.
int lock_patiently(int descriptor) {
  constexpr int tries_max = 5;
  for (int tries = 1;; ++tries) {
    if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return 0;
    if (errno != EWOULDBLOCK || tries == tries_max) return errno;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

int lock_or_refuse(const std::string& directory, const std::string& lock_file) {
  const int descriptor = ::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) fail_to_create(lock_file, "cannot create the lock", errno);
  const int error = lock_patiently(descriptor);
  if (error == 0) return descriptor;
  ::close(descriptor);
  if (error != EWOULDBLOCK) fail_to_create(lock_file, "cannot lock", error);
  throw ConfigError(fmt::format("--run: {} is in use by another process; wait for it or choose another directory",
                                printable(directory)),
                    ExitCode::run_directory_in_use, fmt::format("amend control {} status", shell_path(directory)));
}

bool exists(const std::string& path) {
  struct stat info {};
  return ::lstat(path.c_str(), &info) == 0;
}

}  // namespace

std::string default_run_directory(std::chrono::system_clock::time_point now, std::uint32_t random) {
  return fmt::format("amend-runs/{:%Y%m%dT%H%M%SZ}-{:06x}", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                     random & 0xFFFFFF);
}

std::optional<std::string> undone_by(const std::string& directory) {
  std::ifstream file(directory + "/" + std::string(undone_name));
  std::string by;
  if (!std::getline(file, by)) return std::nullopt;
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
  constexpr std::string_view usual = "amend-runs";  // what `amend runs` lists by itself
  std::error_code error;
  std::string folder = directory;
  if (!fs::is_directory(directory, error) || fs::is_regular_file(directory + "/bench.json", error))
    folder = fs::path(without_slash_at_end(directory)).parent_path().string();
  if (folder.empty() && !fs::is_directory(usual, error)) folder = ".";
  const bool listed = !folder.empty() && without_slash_at_end(folder) != usual && fs::is_directory(folder, error);
  return ConfigError(printable(directory) + ": holds no run.json: name the directory of a run", ExitCode::usage,
                     listed ? "amend runs " + shell_path(folder) : "amend runs");
}

RunDirectory::RunDirectory(const std::string& directory, Opening opening) : path_(without_slash_at_end(directory)) {
  if (opening == Opening::resume) {
    if (!exists(path("run.json"))) throw no_run_in(path_);
    lock_ = lock_or_refuse(path_, path("lock"));
    return;
  }
  if (path_.empty()) path_ = default_run_directory(std::chrono::system_clock::now(), std::random_device{}());
  create_directories(path_);
  lock_ = lock_or_refuse(path_, path("lock"));
  if (!exists(path(result_log_name))) return;
  ::close(lock_);
  const std::string name = shell_path(path_);
  throw ConfigError(
      fmt::format("--run: {} already holds the results of a run; `amend resume {}` goes on with it, or choose another "
                  "directory",
                  printable(path_), name),
      ExitCode::usage, "amend status " + name);
}

RunDirectory::~RunDirectory() { ::close(lock_); }

bool RunDirectory::is_held(const std::string& directory) {
  const int descriptor = ::open((directory + "/lock").c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
  ::close(descriptor);
  return held;
}

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
    ::unlink(file.c_str());  // half a file is of no use, and its room is needed
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
  if (const int error = sync_directory(path_)) throw DurabilityError(path_, "cannot make names durable (fsync)", error);
}

std::vector<std::string> RunDirectory::files() const {
  std::vector<std::string> found;
  for (const std::string_view name : known_files) {
    if (exists(path(name))) found.emplace_back(name);
  }
  return found;
}

}  // namespace amend
