// Time that passes only while a program waits: hours of a run in milliseconds, with the real worker and its real
// timers.
//
// The program's own clock_gettime, epoll_wait and timerfd_create replace the C library's. The clocks show simulated
// time. A wait of the event loop without a ready descriptor takes no time, and moves the clocks to its end. Without a
// timerfd, Asio passes the length of the wait to epoll_wait. One thread.
#pragma once

#include <chrono>

namespace amend::test {

/// Since the start of the program.
std::chrono::nanoseconds simulated_time() noexcept;

/// As if the process had been stopped for so long (Ctrl-Z, SIGSTOP).
void let_pass(std::chrono::nanoseconds time) noexcept;

}  // namespace amend::test
