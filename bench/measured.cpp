// Runs a command and records what it used, including the processes that it waited for.
//   measured FILE SECONDS [--watch GROWING SAMPLES] COMMAND…
// The command and all its processes are ended after SECONDS, or when the process that started this program ends.
//
// FILE gets one name and number per line: exit_code, wall_seconds, cpu_seconds (user + system), max_rss_kib, and
// started_ns (wall clock, directly before the start). SAMPLES gets one line per second: the nanoseconds of CPU that the
// command itself used, and the size of the file GROWING in bytes. The exit code is the command's, or 124 when its time
// was up.
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

volatile sig_atomic_t group = 0;  // of the command
volatile sig_atomic_t time_is_up = 0;
volatile sig_atomic_t was_asked = 0;

void end_command(int signal) {
  if (signal == SIGALRM) time_is_up = 1;
  if (group > 0) ::kill(-group, was_asked != 0 ? SIGKILL : SIGTERM);
  was_asked = 1;
  ::alarm(10);  // then by force
}

void take_signals() {
  struct sigaction action {};
  action.sa_handler = end_command;
  for (const int signal : {SIGALRM, SIGTERM, SIGINT, SIGHUP}) ::sigaction(signal, &action, nullptr);
}

// The parent sets the group too: whichever comes first.
pid_t start(char** command) {
  const pid_t child = ::fork();
  if (child != 0) {
    if (child > 0) ::setpgid(child, child);
    return child;
  }
  ::setpgid(0, 0);
  ::execvp(command[0], command);
  std::perror(command[0]);
  ::_exit(127);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

int exit_code_of(int status) {
  if (time_is_up != 0) return 124;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void take_sample(clockid_t cpu_clock, const char* growing, std::FILE* samples) {
  timespec cpu{};
  struct stat file {};
  if (::clock_gettime(cpu_clock, &cpu) != 0 || ::stat(growing, &file) != 0) return;
  std::fprintf(samples, "%lld %lld\n", cpu.tv_sec * 1'000'000'000LL + cpu.tv_nsec, static_cast<long long>(file.st_size));
}

// Until the command has ended.
bool watch(pid_t child, const char* growing, const char* samples_name) {
  pollfd ended{};
  ended.fd = static_cast<int>(::syscall(SYS_pidfd_open, child, 0));
  ended.events = POLLIN;
  clockid_t cpu_clock{};
  std::FILE* samples = std::fopen(samples_name, "w");
  if (ended.fd < 0 || samples == nullptr || ::clock_getcpuclockid(child, &cpu_clock) != 0) {
    std::perror(samples_name);
    return false;
  }
  for (;;) {
    const int ready = ::poll(&ended, 1, 1000);
    if (ready > 0 || (ready < 0 && errno != EINTR)) break;
    if (ready == 0) take_sample(cpu_clock, growing, samples);
  }
  ::close(ended.fd);
  return std::fclose(samples) == 0;
}

}  // namespace

int main(int count, char** words) {
  const bool watches = count > 3 && std::strcmp(words[3], "--watch") == 0;
  char** const command = words + (watches ? 6 : 3);
  if (command >= words + count) {
    std::fprintf(stderr, "usage: %s FILE SECONDS [--watch GROWING SAMPLES] COMMAND...\n", words[0]);
    return 2;
  }
  take_signals();
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const auto started = std::chrono::system_clock::now();
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = start(command);
  if (child < 0) {
    std::perror("fork");
    return 2;
  }
  group = child;
  ::alarm(static_cast<unsigned>(std::strtoul(words[2], nullptr, 10)));
  const bool watched = !watches || watch(child, words[4], words[5]);
  if (!watched) end_command(SIGTERM);
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  if (!watched) return 2;
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - begin;
  const int exit_code = exit_code_of(status);
  std::FILE* file = std::fopen(words[1], "w");
  if (file == nullptr) {
    std::perror(words[1]);
    return 2;
  }
  std::fprintf(
      file, "exit_code %d\nwall_seconds %.6f\ncpu_seconds %.6f\nmax_rss_kib %ld\nstarted_ns %lld\n", exit_code,
      wall.count(), seconds(usage.ru_utime) + seconds(usage.ru_stime), usage.ru_maxrss,
      static_cast<long long>(std::chrono::duration_cast<std::chrono::nanoseconds>(started.time_since_epoch()).count()));
  return std::fclose(file) == 0 ? exit_code : 2;
}
