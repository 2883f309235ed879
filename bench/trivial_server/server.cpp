#include "server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

namespace bench {
namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

int listen_on(std::uint16_t port) {
  const int descriptor = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
  const int on = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  checked(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), "bind");
  checked(::listen(descriptor, SOMAXCONN), "listen");
  return descriptor;
}

std::uint16_t port_of(int listener) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  checked(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  return ntohs(address.sin_port);
}

int make_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return checked(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK), "signalfd");
}

itimerspec single_shot(Clock::duration after) {
  const auto nanoseconds = std::max<std::int64_t>(std::chrono::nanoseconds(after).count(), 1);
  itimerspec spec{};
  spec.it_value.tv_sec = nanoseconds / 1'000'000'000;
  spec.it_value.tv_nsec = nanoseconds % 1'000'000'000;
  return spec;
}

int wait_milliseconds(Clock::time_point end) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

}  // namespace

Server::Server(std::uint16_t port, SSL_CTX* tls, Clock::duration hold)
    : listener_(listen_on(port)),
      epoll_(checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")),
      timer_(checked(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create")),
      signals_(make_signals()),
      port_(port_of(listener_)),
      tls_(tls),
      hold_(hold) {
  for (const int descriptor : {listener_, timer_, signals_}) watch(descriptor, EPOLLIN);
}

Server::~Server() {
  connections_.clear();
  for (const int descriptor : {listener_, epoll_, timer_, signals_}) ::close(descriptor);
}

void Server::watch(int descriptor, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = descriptor;
  checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event), "epoll_ctl");
}

void Server::run(Clock::duration at_most) {
  const auto end = Clock::now() + at_most;
  std::array<epoll_event, 64> events;
  while (Clock::now() < end) {
    const int ready = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), wait_milliseconds(end));
    if (ready < 0 && errno != EINTR) checked(ready, "epoll_wait");
    for (int i = 0; i < ready; ++i) {
      const int descriptor = events[static_cast<std::size_t>(i)].data.fd;
      if (descriptor == signals_) return;
      serve(descriptor, events[static_cast<std::size_t>(i)].events);
    }
    if (hold_ != Clock::duration::zero()) send_all_due();
  }
}

void Server::serve(int descriptor, std::uint32_t events) {
  if (descriptor == listener_) return accept_all();
  if (descriptor == timer_) {
    std::uint64_t expirations = 0;
    [[maybe_unused]] const auto got = ::read(timer_, &expirations, sizeof expirations);
    return;
  }
  const auto found = connections_.find(descriptor);
  if (found == connections_.end()) return;
  guarded(descriptor, [&] {
    if ((events & EPOLLOUT) != 0) found->second->send_rest();
    found->second->take_requests();
  });
}

void Server::accept_all() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor < 0) return;
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[descriptor] = std::make_unique<Connection>(descriptor, tls_, answers_, hold_, totals_);
    watch(descriptor, EPOLLIN | EPOLLOUT | EPOLLET);
    ++totals_.connections;
  }
}

void Server::send_all_due() {
  const auto now = Clock::now();
  std::vector<int> due;
  for (const auto& [descriptor, connection] : connections_) {
    if (const auto next = connection->next_due(); next && *next <= now) due.push_back(descriptor);
  }
  for (const int descriptor : due) {
    Connection& connection = *connections_.at(descriptor);
    guarded(descriptor, [&] { connection.send_due(now); });
  }
  set_timer();
}

void Server::set_timer() {
  std::optional<Clock::time_point> first;
  for (const auto& [descriptor, connection] : connections_) {
    const auto next = connection->next_due();
    if (next && (!first || *next < *first)) first = next;
  }
  if (!first) return;
  const itimerspec spec = single_shot(*first - Clock::now());
  checked(::timerfd_settime(timer_, 0, &spec, nullptr), "timerfd_settime");
}

template <typename Work>
void Server::guarded(int descriptor, Work work) {
  try {
    work();
  } catch (const Lost&) {
    connections_.erase(descriptor);
  } catch (const Malformed&) {
    ++totals_.malformed;
    connections_.erase(descriptor);
  }
}

}  // namespace bench
