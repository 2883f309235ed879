#include "harsh/powercut/recorder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <cstdarg>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

namespace test {
namespace {

using Kind = Operation::Kind;

class Recorder {
 public:
  std::mutex mutex;  // held over each call, so that the order noted is the order done
  std::string directory;
  std::map<int, std::string> names;  // of open descriptors; "" is the directory itself
  std::vector<Operation> operations;

  /// The name of a file right in the directory, "" for the directory, nullopt for anything else.
  std::optional<std::string> name_of(const std::string& path) const {
    if (directory.empty()) return std::nullopt;
    if (path == directory) return "";
    if (!path.starts_with(directory + "/")) return std::nullopt;
    return path.substr(directory.size() + 1);
  }
  std::optional<std::string> name_of(int descriptor) const {
    const auto found = names.find(descriptor);
    return found == names.end() ? std::nullopt : std::optional(found->second);
  }
  void note(Operation operation) { operations.push_back(std::move(operation)); }
};

Recorder& recorder() {
  static Recorder one;
  return one;
}

bool exists(const char* path) {
  struct stat info {};
  return ::stat(path, &info) == 0;
}

}  // namespace

void start_recording(const std::string& directory) {
  const std::lock_guard lock(recorder().mutex);
  recorder().directory = directory;
  recorder().operations.clear();
}

std::vector<Operation> stop_recording() {
  const std::lock_guard lock(recorder().mutex);
  recorder().directory.clear();
  recorder().names.clear();
  return std::exchange(recorder().operations, {});
}

extern "C" {

int __real_open(const char*, int, ...);
ssize_t __real_write(int, const void*, size_t);
int __real_ftruncate(int, off_t);
int __real_fsync(int);
int __real_fdatasync(int);
int __real_close(int);
int __real_rename(const char*, const char*);
int __real_unlink(const char*);

int __wrap_open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const auto mode = (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : mode_t{};
  va_end(rest);
  auto& r = recorder();
  const std::lock_guard lock(r.mutex);
  const auto name = r.name_of(std::string(path));
  const bool was_there = exists(path);
  const int descriptor = __real_open(path, flags, mode);
  if (descriptor < 0 || !name) return descriptor;
  r.names[descriptor] = *name;
  if (!was_there) r.note(Operation(Kind::make, *name));
  if (was_there && (flags & O_TRUNC) != 0) r.note(Operation(Kind::truncate, *name));
  return descriptor;
}

ssize_t __wrap_write(int descriptor, const void* bytes, size_t size) {
  auto& r = recorder();
  const std::lock_guard lock(r.mutex);
  const ssize_t written = __real_write(descriptor, bytes, size);
  if (const auto name = r.name_of(descriptor); name && written > 0)
    r.note(Operation(Kind::write, *name, std::string(static_cast<const char*>(bytes), static_cast<size_t>(written))));
  return written;
}

int __wrap_ftruncate(int descriptor, off_t size) {
  auto& r = recorder();
  const std::lock_guard lock(r.mutex);
  const int result = __real_ftruncate(descriptor, size);
  if (const auto name = r.name_of(descriptor); name && result == 0)
    r.note(Operation(Kind::truncate, *name, {}, static_cast<std::uint64_t>(size)));
  return result;
}

// What is synced was written before the call: noted behind it, it can only promise too little.
static int sync(int descriptor, int (*call)(int)) {
  auto& r = recorder();
  const std::lock_guard lock(r.mutex);
  const int result = call(descriptor);
  const auto name = r.name_of(descriptor);
  if (name && result == 0) r.note(Operation(name->empty() ? Kind::sync_names : Kind::sync_file, *name));
  return result;
}

int __wrap_fsync(int descriptor) { return sync(descriptor, __real_fsync); }
int __wrap_fdatasync(int descriptor) { return sync(descriptor, __real_fdatasync); }

int __wrap_close(int descriptor) {
  auto& r = recorder();
  const std::lock_guard lock(r.mutex);
  r.names.erase(descriptor);
  return __real_close(descriptor);
}

int __wrap_rename(const char* from, const char* to) {
  auto& r = recorder();
  const std::lock_guard lock(r.mutex);
  const int result = __real_rename(from, to);
  const auto old_name = r.name_of(std::string(from));
  const auto new_name = r.name_of(std::string(to));
  if (result == 0 && old_name && new_name) r.note(Operation(Kind::rename, *old_name, *new_name));
  return result;
}

int __wrap_unlink(const char* path) {
  auto& r = recorder();
  const std::lock_guard lock(r.mutex);
  const int result = __real_unlink(path);
  if (const auto name = r.name_of(std::string(path)); name && result == 0) r.note(Operation(Kind::remove, *name));
  return result;
}

}  // extern "C"

}  // namespace test
