#include "process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace test {
namespace {

using Clock = std::chrono::steady_clock;

void redirect(int target, const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags, 0600);
  if (fd < 0 || ::dup2(fd, target) < 0) ::_exit(127);
  ::close(fd);
}

int milliseconds_left(Clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
}

// Calls `done` now, after each change of the file and every 20 ms, until it is true or the time is up.
template <class Done>
bool watch_file(const std::string& path, Process::Seconds limit, Done done) {
  const auto until = Clock::now() + limit;
  const int watcher = ::inotify_init1(IN_CLOEXEC);
  const std::string folder = std::filesystem::path(path).parent_path();
  ::inotify_add_watch(watcher, folder.c_str(), IN_MODIFY | IN_CREATE | IN_CLOSE_WRITE);
  bool result = done();
  while (!result && Clock::now() < until) {
    struct pollfd wanted {};
    wanted.fd = watcher;
    wanted.events = POLLIN;
    // The folder may not exist yet: then there is nothing to watch, and the file is looked for again soon.
    if (::poll(&wanted, 1, std::min(milliseconds_left(until), 20)) > 0) {
      char events[4096];
      if (::read(watcher, events, sizeof events) < 0) break;
    }
    result = done();
  }
  ::close(watcher);
  return result;
}

}  // namespace

TempDir::TempDir() {
  std::string pattern = std::filesystem::temp_directory_path() / "amend-test-XXXXXX";
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

void write_file(const std::string& path, const std::string& text, mode_t mode) {
  std::ofstream(path, std::ios::binary) << text;
  ::chmod(path.c_str(), mode);
}

Process::Process(std::vector<std::string> arguments, const std::string& out, const std::string& err,
                 const std::string& in, const std::vector<std::string>& environment) {
  std::vector<char*> argv;
  for (auto& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127);
    redirect(STDIN_FILENO, in, O_RDONLY);
    redirect(STDOUT_FILENO, out, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    redirect(STDERR_FILENO, err, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
    for (const auto& pair : environment) ::putenv(const_cast<char*>(pair.c_str()));
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  pidfd_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

Process::~Process() {
  if (!code_) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  ::close(pidfd_);
}

void Process::signal(int number) const {
  if (!code_) ::kill(pid_, number);
}

std::optional<int> Process::wait(Seconds limit) {
  if (code_) return code_;
  struct pollfd wanted {};
  wanted.fd = pidfd_;
  wanted.events = POLLIN;
  const auto until = Clock::now() + limit;
  while (::poll(&wanted, 1, milliseconds_left(until)) == 0 && Clock::now() < until) {
  }
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return code_;
}

std::optional<std::string> wait_for_line(const std::string& path, const std::string& start, Process::Seconds limit) {
  std::optional<std::string> found;
  watch_file(path, limit, [&] {
    std::ifstream in(path);
    for (std::string line; std::getline(in, line) && !in.eof();)
      if (line.starts_with(start)) found = line;
    return found.has_value();
  });
  return found;
}

bool wait_for_lines(const std::string& path, std::size_t lines, Process::Seconds limit) {
  return watch_file(path, limit, [&] {
    const std::string text = read_file(path);
    return static_cast<std::size_t>(std::ranges::count(text, '\n')) >= lines;
  });
}

bool wait_until(const std::function<bool()>& condition, Process::Seconds limit) {
  const auto until = Clock::now() + limit;
  while (!condition()) {
    if (Clock::now() >= until) return false;
    ::poll(nullptr, 0, 20);
  }
  return true;
}

Finished run(const std::vector<std::string>& arguments, const std::vector<std::string>& environment,
             Process::Seconds limit, const std::string& in) {
  const TempDir streams;
  Process process(arguments, streams.file("out"), streams.file("err"), in, environment);
  const auto code = process.wait(limit);
  Finished finished;
  finished.out = read_file(streams.file("out"));
  finished.err = read_file(streams.file("err"));
  if (!code) throw std::runtime_error(arguments[0] + " did not end in time; it said: " + finished.err);
  finished.code = *code;
  return finished;
}

}  // namespace test
