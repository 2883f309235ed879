// Runs a command and writes down what it took, the processes it waited for included.
//   measured FILE SECONDS COMMAND…   the command and all it started are ended after so many seconds
// They end with the process that started this one, too.
// FILE: exit_code, wall_seconds, cpu_seconds (user + system), max_rss_kib, started_ns (wall clock, right before the
// start), a name and a number a line. Ends with the command's exit code; 124 when its time was up.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>

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

}  // namespace

int main(int count, char** words) {
  if (count < 4) {
    std::fprintf(stderr, "usage: %s FILE SECONDS COMMAND...\n", words[0]);
    return 2;
  }
  take_signals();
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  const auto started = std::chrono::system_clock::now();
  const auto begin = std::chrono::steady_clock::now();
  const pid_t child = start(words + 3);
  if (child < 0) {
    std::perror("fork");
    return 2;
  }
  group = child;
  ::alarm(static_cast<unsigned>(std::strtoul(words[2], nullptr, 10)));
  int status = 0;
  rusage usage{};
  while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
  }
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
