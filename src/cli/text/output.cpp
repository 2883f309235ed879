#include "cli/text/output.hpp"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <exception>

#include "amend/error.hpp"
#include "amend/run/sink.hpp"
#include "cli/text/message_writer.hpp"

namespace amend::cli {
namespace {

int first_error = 0;
MessageWriter* messages = nullptr;  // never destroyed: a write that hangs in it outlives main

void remember(int error) noexcept {
  if (error != EPIPE && first_error == 0) first_error = error;
}

// A descriptor that is ready accepts PIPE_BUF bytes without waiting.
void print_within(std::string_view text, std::chrono::milliseconds limit) noexcept {
  using std::chrono::steady_clock;
  const auto until = steady_clock::now() + limit;
  while (!text.empty()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - steady_clock::now());
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    const int ready = ::poll(&output, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready == 0) return remember(ETIMEDOUT);
    const ssize_t written =
        ready < 0 ? -1 : ::write(STDOUT_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR && errno != EAGAIN) {
      return remember(errno);
    }
  }
}

}  // namespace

void print(std::string_view text) noexcept {
  drain_messages(patience_with_readers);  // so a terminal shows both in order
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) remember(errno);
}

void print_result(std::string_view text, StopCause stopped) noexcept {
  if (stopped == StopCause::none) return print(text);
  print_within(text, patience_with_readers);
}

void require_all_printed() {
  if (first_error != 0) throw DurabilityError("standard output", "cannot write", first_error);
}

void write_messages_aside() {
  if (messages) return;
  // The new thread must block all signals: otherwise a signal for a later stage could end the process here.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    messages = new MessageWriter(STDERR_FILENO);
  } catch (const ThreadError&) {
    // Without a thread, messages are written as before.
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void print_message(std::string_view text) noexcept {
  try {
    if (messages) return messages->write(text);
    std::fwrite(text.data(), 1, text.size(), stderr);
  } catch (const std::exception&) {
    // No memory for a message: the run is more important.
  }
}

void print_progress(std::string_view text) noexcept {
  try {
    if (messages) return messages->write_if_idle(text);
    std::fwrite(text.data(), 1, text.size(), stderr);
  } catch (const std::exception&) {
    // As above.
  }
}

void drain_messages(std::chrono::milliseconds limit) noexcept {
  if (messages) messages->drain(limit);
}

}  // namespace amend::cli
