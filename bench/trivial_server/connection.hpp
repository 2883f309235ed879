// One client's connection: its bytes, its TLS, and the answers that wait for their time. One thread.
#pragma once

#include <openssl/ssl.h>

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "answers.hpp"
#include "totals.hpp"

namespace bench {

using Clock = std::chrono::steady_clock;
using SslPtr = std::unique_ptr<SSL, decltype(&SSL_free)>;

/// The peer has left, or its bytes are not TLS.
class Lost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Connection {
 public:
  /// Takes the descriptor. `tls` null: plain.
  Connection(int descriptor, SSL_CTX* tls, const Answers& answers, Clock::duration hold, Totals& totals);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  int descriptor() const noexcept { return descriptor_; }

  /// Reads all there is, and answers it, at once or when its time has come. Throws Lost or Malformed, as the next two
  /// do; what was answered before is counted.
  void take_requests();
  void send_due(Clock::time_point now);
  void send_rest();

  std::optional<Clock::time_point> next_due() const;
  bool has_rest() const noexcept { return sent_ < wire_.size(); }

 private:
  class Held {
   public:
    Clock::time_point due;
    std::size_t bytes;
  };

  bool handshake();
  std::size_t read_some();
  std::size_t read_tls(std::size_t room);
  std::size_t read_plain(std::size_t room);
  void answer_input();
  void send(std::string_view plain);

  int descriptor_;
  SslPtr ssl_;
  const Answers& answers_;
  Clock::duration hold_;
  Totals& totals_;
  std::vector<char> input_;
  std::size_t filled_ = 0;
  std::string output_;  // plain, of answers not yet due or of this turn
  std::deque<Held> held_;
  std::string wire_;  // for the socket
  std::size_t sent_ = 0;
};

/// TLS 1.3 (or 1.2 for a client without it), for `Connection`. Throws std::runtime_error.
std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> make_tls(const std::string& certificate, const std::string& key);

}  // namespace bench
