// One client connection: reads, cuts out requests, lets the service respond, writes in order.
//
// All requests of a read are answered with one write. A response leaves when its delay is over and all earlier ones
// have left. A hung response blocks the later ones forever.
//
// Threads: the server's only one. Lifetime: keeps itself alive during an operation.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "request_reader.hpp"
#include "sim/service.hpp"
#include "tls_engine.hpp"

namespace amend::sim {

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Gone = std::function<void(std::uint64_t connection)>;

  /// `tls` null: plain HTTP. `slow_bytes` > 0: responses leave in pieces of this size, one per millisecond.
  Session(boost::asio::ip::tcp::socket socket, std::uint64_t connection, Service& service, RequestLog& log,
          const TlsContext* tls, std::size_t slow_bytes, Gone gone);

  void start();
  /// Closes immediately; waiting responses are dropped.
  void stop();

 private:
  class Held {
   public:
    Held(std::chrono::steady_clock::time_point due_, Reply reply_) : due(due_), reply(std::move(reply_)) {}
    std::chrono::steady_clock::time_point due;
    Reply reply;
  };

  void read();
  void on_read(std::size_t bytes);
  void on_end_of_input();
  void serve_all();
  void serve_one(bool more);
  void refuse_bytes();
  void keep(Reply reply);

  void pump();
  void collect_due();
  void wait_until(std::chrono::steady_clock::time_point due);
  void write();
  void on_written();
  void settle();
  void finish();
  void send_end();
  void linger();
  void reset();
  void close();

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::uint64_t connection_;
  Service& service_;
  RequestLog& log_;
  std::size_t slow_bytes_;
  Gone gone_;
  std::optional<TlsEngine> tls_;
  RequestReader reader_;

  std::array<char, 65536> raw_;
  std::string input_;  // plain bytes that are not consumed yet
  std::uint64_t requests_ = 0;
  bool reading_ = false;
  bool input_ended_ = false;
  bool given_up_ = false;  // an ending was decided: further requests are only logged

  std::deque<Held> held_;
  std::chrono::steady_clock::time_point last_due_{};
  std::string plain_;              // responses that are due, not yet in out_
  std::vector<LogEntry> leaving_;  // their entries
  std::string out_;                // being written
  std::string control_;            // TLS's own bytes (handshake, alerts), sent first
  Ending ending_ = Ending::keep;
  bool writing_ = false;
  bool ended_ = false;  // FIN sent, or closed
  bool closed_ = false;
};

}  // namespace amend::sim
