#include "simulated_clock.hpp"

#include <dlfcn.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>

#include <cerrno>
#include <ctime>

namespace {

constexpr std::int64_t ns_per_s = 1'000'000'000;
// Beyond any machine's uptime: what waits on the real clock (a watchdog's thread) waits for ever.
constexpr std::int64_t monotonic_start = 1'000'000'000 * ns_per_s;
constexpr std::int64_t calendar_start = 1'790'000'000LL * ns_per_s;  // in 2026

std::int64_t passed = 0;  // ns

}  // namespace

namespace amend::test {

std::chrono::nanoseconds simulated_time() noexcept { return std::chrono::nanoseconds(passed); }
void let_pass(std::chrono::nanoseconds time) noexcept { passed += time.count(); }

}  // namespace amend::test

extern "C" {

int clock_gettime(clockid_t clock, timespec* out) noexcept {
  const std::int64_t now = (clock == CLOCK_REALTIME ? calendar_start : monotonic_start) + passed;
  out->tv_sec = now / ns_per_s;
  out->tv_nsec = now % ns_per_s;
  return 0;
}

int timerfd_create(int, int) noexcept {
  errno = ENOSYS;
  return -1;
}

int epoll_wait(int epoll, epoll_event* events, int size, int timeout_ms) {
  using Wait = int (*)(int, epoll_event*, int, int);
  static const auto real = reinterpret_cast<Wait>(::dlsym(RTLD_NEXT, "epoll_wait"));
  const int ready = real(epoll, events, size, 0);
  if (ready != 0 || timeout_ms == 0) return ready;
  if (timeout_ms < 0) return real(epoll, events, size, timeout_ms);
  passed += timeout_ms * std::int64_t{1'000'000};
  return 0;
}

}  // extern "C"
