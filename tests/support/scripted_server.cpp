#include "scripted_server.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace test {
namespace {

constexpr std::chrono::seconds patience{20};

// A descriptor that listens on a free port of 127.0.0.1.
int listen_anywhere(int backlog, int& port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, backlog) != 0)
    throw std::runtime_error("scripted server: no port");
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return listener;
}

ssl_ctx_st* make_context(const ServerTls& tls) {
  if (tls.certificate.empty()) return nullptr;
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  if (SSL_CTX_use_certificate_chain_file(context, tls.certificate.c_str()) != 1 ||
      SSL_CTX_use_PrivateKey_file(context, tls.key.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error("scripted server: " + tls.certificate);
  SSL_CTX_set_max_proto_version(context, tls.version_max);
  if (tls.version_max != 0) SSL_CTX_set_security_level(context, 0);  // else versions before 1.2 are not to be had
  if (tls.client_ca.empty()) return context;
  if (SSL_CTX_load_verify_file(context, tls.client_ca.c_str()) != 1)
    throw std::runtime_error("scripted server: " + tls.client_ca);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  return context;
}

// Length of the first request in `bytes`, 0 when it is not complete.
std::size_t request_size(std::string_view bytes) {
  const auto head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return 0;
  constexpr std::string_view field = "Content-Length: ";
  const auto length_at = bytes.substr(0, head_end).find(field);
  std::size_t body = 0;
  if (length_at != std::string_view::npos) body = std::stoul(std::string(bytes.substr(length_at + field.size(), 9)));
  const std::size_t size = head_end + 4 + body;
  return bytes.size() < size ? 0 : size;
}

}  // namespace

void Gate::open() {
  {
    const std::lock_guard lock(mutex_);
    open_ = true;
  }
  changed_.notify_all();
}

bool Gate::wait() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [this] { return open_; });
}

std::string answer(int status, std::string_view body, std::string_view fields) {
  return "HTTP/1.1 " + std::to_string(status) + " As Scripted\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(fields) + "\r\n" + std::string(body);
}

Peer::Peer(int descriptor, ssl_ctx_st* tls, std::atomic<std::size_t>& bytes_received)
    : descriptor_(descriptor), bytes_received_(bytes_received) {
  if (!tls) return;
  ssl_ = SSL_new(tls);
  SSL_set_fd(ssl_, descriptor_);
  if (SSL_accept(ssl_) == 1) return;
  SSL_free(ssl_);
  throw ConnectionOver();
}

Peer::~Peer() { SSL_free(ssl_); }

std::size_t Peer::read(char* to, std::size_t size) {
  const auto got = ssl_ ? SSL_read(ssl_, to, static_cast<int>(size)) : ::recv(descriptor_, to, size, 0);
  if (got <= 0) throw ConnectionOver();
  bytes_received_ += static_cast<std::size_t>(got);
  return static_cast<std::size_t>(got);
}

std::string Peer::expect(std::size_t requests) {
  std::string all;
  std::array<char, 4096> room;
  while (requests > 0) {
    const std::size_t size = request_size(input_);
    if (size == 0) {
      input_.append(room.data(), read(room.data(), room.size()));
      continue;
    }
    all += input_.substr(0, size);
    input_.erase(0, size);
    --requests;
  }
  return all;
}

void Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ssl_ ? SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()))
                           : ::send(descriptor_, bytes.data(), bytes.size(), 0);
    if (sent <= 0) throw ConnectionOver();
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void Peer::idle(std::chrono::milliseconds time) {
  pollfd nothing{descriptor_, 0, 0};
  ::poll(&nothing, 1, static_cast<int>(time.count()));
}

void Peer::ask_for_handshake() {
  SSL_renegotiate(ssl_);
  SSL_do_handshake(ssl_);
}

void Peer::finish() {
  if (ssl_) SSL_shutdown(ssl_);
  finish_rudely();
}

void Peer::finish_rudely() { ::shutdown(descriptor_, SHUT_WR); }

void Peer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  throw ConnectionOver();
}

void Peer::wait_for_end() {
  std::array<char, 4096> room;
  while (::recv(descriptor_, room.data(), room.size(), 0) > 0) {
  }
}

ScriptedServer::ScriptedServer(std::vector<Script> scripts, const ServerTls& tls)
    : scripts_(std::move(scripts)), tls_(make_context(tls)), listener_(listen_anywhere(64, port_)) {
  acceptor_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);
    for (const int descriptor : open_) ::shutdown(descriptor, SHUT_RDWR);
  }
  acceptor_.join();
  for (auto& player : players_) player.join();
  ::close(listener_);
  SSL_CTX_free(tls_);
}

void ScriptedServer::accept_all() {
  for (;;) {
    const int descriptor = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const std::lock_guard lock(mutex_);
    const std::size_t number = connections_++;
    if (stopping_ || number >= scripts_.size()) {
      ::close(descriptor);
      continue;
    }
    open_.push_back(descriptor);
    players_.emplace_back([this, descriptor, number] { play(descriptor, number); });
  }
}

void ScriptedServer::play(int descriptor, std::size_t number) {
  // A client that has left must not end the program: SIGPIPE goes to the thread that writes.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  const int on = 1;
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{patience.count(), 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  try {
    Peer peer(descriptor, tls_, bytes_received_);
    scripts_[number](peer);
    peer.wait_for_end();
  } catch (const Peer::ConnectionOver&) {
    // The script's own end, or the client's.
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, descriptor);
  ::close(descriptor);
  ++closed_;
  one_closed_.notify_all();
}

bool ScriptedServer::wait_until_closed(std::size_t connections) {
  std::unique_lock lock(mutex_);
  return one_closed_.wait_for(lock, patience, [&] { return closed_ >= connections; });
}

DeafPort::DeafPort() : listener_(listen_anywhere(0, port_)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port_));
  for (int i = 0; i < 4; ++i) {
    waiting_.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(waiting_.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
}

DeafPort::~DeafPort() {
  for (const int descriptor : waiting_) ::close(descriptor);
  ::close(listener_);
}

}  // namespace test
