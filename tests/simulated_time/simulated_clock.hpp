// Time that passes only while a program waits: hours of a run in milliseconds, with the real worker and its real timers.
//
// The program's own clock_gettime, epoll_wait and timerfd_create stand before the C library's. The clocks show simulated
// time; a wait of the event loop with nothing ready takes no time but moves the clocks to its end. Without a timerfd
// Asio tells epoll_wait how long to wait. One thread.
#pragma once

#include <chrono>

namespace amend::test {

/// Since the start of the program.
std::chrono::nanoseconds simulated_time() noexcept;

/// As if the process had been stopped for so long (Ctrl-Z, SIGSTOP).
void let_pass(std::chrono::nanoseconds time) noexcept;

}  // namespace amend::test
