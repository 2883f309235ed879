// A server on 127.0.0.1 that plays a script for each connection: for what a real server does only when it is ill.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace test {

/// Opened once; all waiting threads continue then. Any thread.
class Gate {
 public:
  void open();
  /// False when it stayed shut for 20 seconds.
  bool wait();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// `HTTP/1.1 200 OK` with a Content-Length; `fields` are further lines, each ending in CRLF.
std::string answer(int status, std::string_view body, std::string_view fields = {});

/// The server's end of one connection, in the thread that plays its script. Throws ConnectionOver when the client is
/// gone.
class Peer {
 public:
  class ConnectionOver {};

  Peer(int descriptor, ssl_ctx_st* tls, std::atomic<std::size_t>& bytes_received);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  /// Reads until `requests` further requests are complete; returns their bytes.
  std::string expect(std::size_t requests);
  void send(std::string_view bytes);
  /// Answers nothing for so long.
  void idle(std::chrono::milliseconds time);
  /// Asks for another TLS handshake, as TLS 1.2 allows. A client that refuses it ends the connection: what was received
  /// before that is still to be had by expect().
  void ask_for_handshake();
  /// close_notify when there is TLS, and FIN.
  void finish();
  /// FIN without close_notify.
  void finish_rudely();
  /// RST: what was sent before is delivered only when the client has read it already.
  void reset();
  /// Reads and forgets until the client has closed.
  void wait_for_end();

 private:
  std::size_t read(char* to, std::size_t size);

  int descriptor_;
  ssl_st* ssl_ = nullptr;
  std::atomic<std::size_t>& bytes_received_;
  std::string input_;
};

using Script = std::function<void(Peer&)>;

/// With empty names: plain TCP. `client_ca`: clients must show a certificate of it.
class ServerTls {
 public:
  ServerTls() = default;
  ServerTls(std::string certificate_, std::string key_, std::string client_ca_ = {})
      : certificate(std::move(certificate_)), key(std::move(key_)), client_ca(std::move(client_ca_)) {}

  std::string certificate;
  std::string key;
  std::string client_ca;
  int version_max = 0;  ///< TLS1_2_VERSION and so on; 0: the newest
};

/// Connection n plays scripts[n]; those beyond the list are closed at once. A connection whose script has ended stays
/// open until the client closes it.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::vector<Script> scripts, const ServerTls& tls = ServerTls());
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::string port() const { return std::to_string(port_); }
  std::size_t connections() const { return connections_.load(); }
  /// Waits until `connections` connections are closed at this end. Returns false when they are not after 20 seconds.
  bool wait_until_closed(std::size_t connections);
  /// Of requests: without TLS and its handshake.
  std::size_t bytes_received() const { return bytes_received_.load(); }

 private:
  void accept_all();
  void play(int descriptor, std::size_t number);

  std::vector<Script> scripts_;
  ssl_ctx_st* tls_ = nullptr;
  int port_ = 0;  // before listener_: its initialiser sets it
  int listener_ = -1;
  std::atomic<std::size_t> connections_{0};
  std::atomic<std::size_t> bytes_received_{0};
  std::mutex mutex_;
  std::vector<int> open_;   // descriptors of connections, guarded by mutex_
  bool stopping_ = false;   // the same
  std::size_t closed_ = 0;  // the same
  std::condition_variable one_closed_;
  std::vector<std::thread> players_;
  std::thread acceptor_;
};

/// A port that is listened on and where no connection is ever made: the queue of new ones is full.
class DeafPort {
 public:
  DeafPort();
  ~DeafPort();
  DeafPort(const DeafPort&) = delete;
  DeafPort& operator=(const DeafPort&) = delete;
  std::string port() const { return std::to_string(port_); }

 private:
  int port_ = 0;  // before listener_: its initialiser sets it
  int listener_ = -1;
  std::vector<int> waiting_;
};

}  // namespace test
