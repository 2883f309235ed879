// A client that may behave badly: of a port of this machine, or of a run's control socket.
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>

namespace test {

class Client {
 public:
  static Client of_port(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return Client(AF_INET, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  /// By a way that does not depend on how long the path is.
  static Client of_run(const std::string& directory) {
    const int folder = ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control", folder);
    Client client(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::close(folder);
    return client;
  }

  Client(Client&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), connected_(other.connected_) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  Client& operator=(Client&&) = delete;
  ~Client() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  bool connected() const { return connected_; }
  void send(const std::string& text) const {
    if (::send(descriptor_, text.data(), text.size(), MSG_NOSIGNAL) < 0) throw std::runtime_error("cannot send");
  }
  void end_sending() const { ::shutdown(descriptor_, SHUT_WR); }

  /// What comes until the other side ends, or until `end` has come; waits 60 s at most for each piece.
  std::string receive(const std::string& end = {}) const {
    const timeval patience{60, 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    std::string all;
    char piece[4096];
    for (ssize_t got = 1; got > 0 && (end.empty() || all.find(end) == std::string::npos);) {
      got = ::recv(descriptor_, piece, sizeof piece, 0);
      if (got > 0) all.append(piece, static_cast<std::size_t>(got));
    }
    return all;
  }

 private:
  Client(int family, const sockaddr* address, socklen_t size)
      : descriptor_(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)),
        connected_(::connect(descriptor_, address, size) == 0) {}

  int descriptor_;
  bool connected_;
};

}  // namespace test
