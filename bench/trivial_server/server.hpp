// The loop of trivial-server: accepts, reads, answers, until a signal or the end of its time. One thread.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>

#include "connection.hpp"
#include "totals.hpp"

namespace bench {

class Server {
 public:
  /// Listens on 127.0.0.1. `tls` null: plain. Throws std::system_error.
  Server(std::uint16_t port, SSL_CTX* tls, Clock::duration hold);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const noexcept { return port_; }

  /// Until SIGTERM or SIGINT, or so long. The signals must be blocked.
  void run(Clock::duration at_most);

  const Totals& totals() const noexcept { return totals_; }

 private:
  void watch(int descriptor, std::uint32_t events);
  void accept_all();
  void serve(int descriptor, std::uint32_t events);
  void send_all_due();
  void set_timer();
  template <typename Work>
  void guarded(int descriptor, Work work);

  int listener_;
  int epoll_;
  int timer_;
  int signals_;
  std::uint16_t port_;
  SSL_CTX* tls_;
  Clock::duration hold_;
  Answers answers_;
  std::unordered_map<int, std::unique_ptr<Connection>> connections_;
  Totals totals_;
};

}  // namespace bench
