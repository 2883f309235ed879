#include "cli/text/terminal.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "amend/error.hpp"
#include "cli/monitor/run_snapshot.hpp"
#include "cli/option/units.hpp"
#include "cli/text/output.hpp"
#include "cli/text/progress.hpp"
#include "queue/start_thread.hpp"
#include "row/shell_path.hpp"

namespace amend::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr long tick_ns = 200'000'000;
constexpr int first_plain_line = 5;            // after 1 s: even a short run shows progress
constexpr int ticks_per_plain_line = 25;       // 5 s
constexpr int ticks_after_second_signal = 15;  // 3 s
constexpr milliseconds default_stall{60'000};
constexpr milliseconds last_words{200};

// Calls only functions that are allowed in a signal handler.
void exit_at_once(int signal) {
  constexpr std::string_view interrupted = "amend: interrupted\n";
  constexpr std::string_view terminated = "amend: terminated\n";
  const std::string_view text = signal == SIGINT ? interrupted : terminated;
  pollfd output{STDERR_FILENO, POLLOUT, 0};  // a reader that stalls must not delay the end
  if (::poll(&output, 1, 0) > 0) {
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
  }
  ::_exit(static_cast<int>(signal == SIGINT ? ExitCode::interrupted : ExitCode::terminated));
}

sigset_t held_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGUSR1);
  // A lost terminal is a reason to stop in order, unless nohup has disabled it.
  struct sigaction hangup {};
  if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN) sigaddset(&set, SIGHUP);
  return set;
}

std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

// A stop that takes longer than this waits for an event that will not come, probably of a disk.
milliseconds longest_stop(const DeadlineConfig& deadline) {
  return deadline.grace + (deadline.stall.count() != 0 ? deadline.stall : default_stall);
}

}  // namespace

void exit_on_signals() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) continue;
    action.sa_handler = exit_at_once;
    ::sigaction(signal, &action, nullptr);
  }
  std::signal(SIGUSR1, SIG_IGN);
}

HeldSignals::HeldSignals() {
  const sigset_t set = held_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGUSR1, SIG_DFL);  // an ignored signal need not stay pending, by POSIX
}

HeldSignals::~HeldSignals() {
  const sigset_t set = held_signals();
  const timespec now{0, 0};
  while (::sigtimedwait(&set, nullptr, &now) > 0) {
  }
  exit_on_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

ProgressForm progress_form(const Options& options) {
  if (options.quiet) return ProgressForm::none;
  if (options.progress != ProgressForm::automatic) return options.progress;
  const char* term = std::getenv("TERM");
  const bool dumb = !term || std::string_view(term) == "dumb";
  return ::isatty(STDERR_FILENO) && !dumb ? ProgressForm::bar : ProgressForm::plain;
}

Terminal::Terminal(Run& run, const Options& options)
    : run_(run),
      stopping_ticks_max_(longest_stop(options.config.deadline) / milliseconds(tick_ns / 1'000'000) + 1),
      form_(progress_form(options)),
      quiet_(options.quiet),
      thread_(start_watch()) {}

std::jthread Terminal::start_watch() {
  write_messages_aside();
  return start_thread([this] { watch(); });
}

Terminal::~Terminal() {
  ended_.store(true);
  // This signal wakes only this thread, so that it need not sleep out its tick.
  ::pthread_kill(thread_.native_handle(), SIGTERM);
  thread_.join();
  if (line_open_) print_message("\r\x1b[K");
}

void Terminal::watch() {
  const sigset_t set = held_signals();
  const timespec tick{0, tick_ns};
  while (!ended_.load()) {
    const int signal = ::sigtimedwait(&set, nullptr, &tick);
    if (ended_.load()) return;
    if (signal > 0) {
      take_signal(signal);
    } else {
      leave_when_told_twice();
      leave_when_stuck();
      show();
    }
  }
}

void Terminal::take_signal(int signal) {
  if (signal == SIGUSR1) return toggle_pause();
  stop(signal);
}

void Terminal::toggle_pause() {
  if (run_.state().paused) {
    run_.unpause();
    if (!quiet_) say("resumed");
    return;
  }
  run_.pause();
  if (quiet_) return;
  say(fmt::format("paused (to resume: SIGUSR1 again, or `amend control {} resume`)",
                  shell_path(run_.state().run_directory)));
}

void Terminal::stop(int signal) {
  last_signal_ = signal;
  run_.stop(signal == SIGINT ? StopCause::interrupted : StopCause::terminated);
  if (++signals_ > 1) {
    say("stopping now: amend does not wait for responses to requests in flight");
    return;
  }
  const auto in_flight = run_.metrics().in_flight.value();
  say(fmt::format("stopping: waiting for {} {} in flight (press Ctrl-C again to stop now)", show_count(in_flight),
                  in_flight == 1 ? "response" : "responses"));
}

// Counts ticks, so that a stopped process (Ctrl-Z) does not count as stuck.
void Terminal::leave_when_stuck() {
  const auto code = run_.stopping();
  if (!code || ++stopping_ticks_ < stopping_ticks_max_) return;
  leave(*code, "the run was stopped, but one of its threads does not end (most likely the disk is not responding)");
}

// An operator who signals twice does not want to wait, even for a disk. Unwritten results are lost as after a kill.
void Terminal::leave_when_told_twice() {
  if (signals_ < 2 || ++ticks_since_told_twice_ < ticks_after_second_signal) return;
  if (!run_.state().log_closed)
    leave(ExitCode::not_durable, "stopped by a second signal while results were still being written to the disk");
  leave(last_signal_ == SIGINT ? ExitCode::interrupted : ExitCode::terminated,
        "stopped by a second signal while files of the run were still being written (the results log is complete)");
}

void Terminal::leave(ExitCode code, std::string_view why) {
  say(fmt::format("amend: {}: the run is not finished. Finish it with `amend resume {}`", why,
                  shell_path(run_.state().run_directory)));
  drain_messages(last_words);
  ::_exit(static_cast<int>(code));
}

void Terminal::show() {
  if (form_ != ProgressForm::none) say_notices();
  if (form_ == ProgressForm::none) return;
  Snapshot now = take_snapshot(run_);
  const auto at = std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
  now.rows_per_second = meter_.update(now.rows_done, at);
  ++ticks_;
  if (form_ == ProgressForm::plain) {
    if (ticks_ == first_plain_line || ticks_ % ticks_per_plain_line == 0) say(render_plain(now));
    return;
  }
  show_bar(render_bar(now, terminal_width()));
}

void Terminal::show_bar(const std::string& line) {
  const std::lock_guard lock(line_mutex_);
  print_progress("\r" + line + "\x1b[K");
  line_open_ = true;
}

void Terminal::say_notices() {
  for (const std::string& notice : run_.notices(notices_said_)) {
    say(printable(notice));
    ++notices_said_;
  }
}

void Terminal::say(const std::string& line) {
  const std::lock_guard lock(line_mutex_);
  print_message((line_open_ ? "\r\x1b[K" : "") + line + "\n");
  line_open_ = false;
}

}  // namespace amend::cli
