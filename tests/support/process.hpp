// A child process with its streams in files or a pipe; every wait is bounded; never left behind.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace test {

/// A new directory below the system's place for temporary files, removed with all in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text, mode_t mode = 0600);

class Process {
 public:
  using Seconds = std::chrono::seconds;

  /// Starts `arguments[0]`. Standard error goes to `err` and standard output to `out` (files), input comes from `in`.
  /// `environment`: NAME=value pairs on top of ours.
  Process(std::vector<std::string> arguments, const std::string& out, const std::string& err,
          const std::string& in = "/dev/null", const std::vector<std::string>& environment = {});
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const;
  /// The exit code, or 128 + the signal; nullopt when it still runs after `limit`.
  std::optional<int> wait(Seconds limit);
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::optional<int> code_;
};

/// Waits until a line of `path` starts with `start`; that line, or nullopt after `limit`.
std::optional<std::string> wait_for_line(const std::string& path, const std::string& start, Process::Seconds limit);

/// Waits until `path` has at least `lines` lines.
bool wait_for_lines(const std::string& path, std::size_t lines, Process::Seconds limit);

/// Asks every 20 ms until it is true; false after `limit`.
bool wait_until(const std::function<bool()>& condition, Process::Seconds limit);

class Finished {
 public:
  Finished() = default;
  int code = -1;
  std::string out;
  std::string err;
};

/// Starts, waits, and returns what came out. Fails the test when it takes longer than `limit`.
Finished run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment = {},
             Process::Seconds limit = Process::Seconds(300), const std::string& in = "/dev/null");

}  // namespace test
