#include "cli/monitor/control_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "amend/error.hpp"
#include "cli/monitor/accept_loop.hpp"
#include "cli/monitor/control_address.hpp"
#include "cli/monitor/control_request.hpp"

namespace amend::cli {
namespace {

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

constexpr std::size_t clients_max = 8;
constexpr std::size_t request_bytes_max = 256;
constexpr std::chrono::seconds time_allowed_each{5};

using Responder = std::function<std::string(std::string_view line)>;

bool is_allowed(stream_protocol::socket& socket) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return may_control(peer.uid, ::geteuid());
}

// Reads one line, writes one line.
class ControlConnection final : public Connection, public std::enable_shared_from_this<ControlConnection> {
 public:
  ControlConnection(stream_protocol::socket socket, const Responder& response, std::function<void()> gone)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), response_(response), gone_(std::move(gone)) {}

  void begin() override {
    timer_.expires_after(time_allowed_each);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->close();
    });
    if (!is_allowed(socket_))
      return write(control_refusal("only root and the user that started the run may control it"));
    read();
  }

  void close() override {
    if (closed_) return;
    closed_ = true;
    error_code ignored;
    socket_.close(ignored);
    timer_.cancel();
    gone_();
  }

  bool is_silent() const noexcept override { return out_.empty(); }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(line_.data() + size_, line_.size() - size_),
                            [self = shared_from_this()](error_code error, std::size_t bytes) {
                              if (error) return self->close();
                              self->take(bytes);
                            });
  }

  void take(std::size_t bytes) {
    size_ += bytes;
    const std::string_view so_far(line_.data(), size_);
    const auto end = so_far.find('\n');
    if (end != std::string_view::npos) return write(response_(so_far.substr(0, end)));
    if (size_ == line_.size())
      return write(control_refusal("the request is too long: send one line of at most 256 bytes"));
    read();
  }

  void write(std::string response) {
    out_ = std::move(response);
    asio::async_write(socket_, asio::buffer(out_),
                      [self = shared_from_this()](error_code, std::size_t) { self->close(); });
  }

  stream_protocol::socket socket_;
  asio::steady_timer timer_;
  const Responder& response_;
  const std::function<void()> gone_;
  std::array<char, request_bytes_max> line_{};
  std::size_t size_ = 0;
  std::string out_;
  bool closed_ = false;
};

[[noreturn]] void fail() { throw std::system_error(errno, std::generic_category()); }

std::optional<struct stat> look_at(const ControlAddress& address, const char* name) {
  struct stat found {};
  if (::fstatat(address.directory(), name, &found, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return found;
}

void remove_stale(const ControlAddress& address, const char* name) {
  if (const auto found = look_at(address, name); found && S_ISSOCK(found->st_mode))
    ::unlinkat(address.directory(), name, 0);
}

// The socket has the mode of its descriptor, so other users can never connect. It gets its name when it accepts
// connections, so that a client that finds it can connect immediately. A link replaces no file in its place.
void listen_at(int descriptor, const ControlAddress& address) {
  const sockaddr_un name = address.value(new_control_name);
  if (::fchmod(descriptor, 0600) != 0) fail();
  if (::bind(descriptor, reinterpret_cast<const sockaddr*>(&name), sizeof name) != 0) fail();
  const int directory = address.directory();
  const bool named =
      ::listen(descriptor, SOMAXCONN) == 0 && ::linkat(directory, new_control_name, directory, control_name, 0) == 0;
  const int error = errno;
  ::unlinkat(directory, new_control_name, 0);
  if (named) return;
  errno = error;
  fail();
}

}  // namespace

class ControlSocket::Impl {
 public:
  Impl(asio::io_context& context, Run& run, std::function<void(const std::string&)> note)
      : run_(run),
        note_(std::move(note)),
        response_([this](std::string_view line) { return response(line); }),
        loop_(context, clients_max, [this](stream_protocol::socket socket, std::function<void()> gone) {
          return std::make_shared<ControlConnection>(std::move(socket), response_, std::move(gone));
        }) {}

  void open(const std::string& run_directory) {
    address_.emplace(run_directory);
    remove_stale(*address_, control_name);
    remove_stale(*address_, new_control_name);
    auto& acceptor = loop_.acceptor();
    acceptor.open();
    listen_at(acceptor.native_handle(), *address_);
    made_ = look_at(*address_, control_name);
    loop_.start();
  }

  void close() {
    // The descriptor is still open, so no other run's socket has this name yet, and no other file this inode.
    if (const auto found = made_ ? look_at(*address_, control_name) : std::nullopt)
      if (found->st_ino == made_->st_ino && found->st_dev == made_->st_dev)
        ::unlinkat(address_->directory(), control_name, 0);
    made_.reset();
    loop_.close();
  }

 private:
  std::string response(std::string_view line) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    try {
      const ControlRequest request = parse_control_request(line);
      std::string response = respond_to_control(request, run_);
      if (request.action != ControlRequest::Action::status && response.starts_with("{\"ok\":true"))
        note_(printable(line));
      return response;
    } catch (const ConfigError& error) {
      return control_refusal(error.what());
    }
  }

  Run& run_;
  const std::function<void(const std::string&)> note_;
  const Responder response_;
  std::optional<ControlAddress> address_;
  std::optional<struct stat> made_;
  AcceptLoop<stream_protocol> loop_;
};

ControlSocket::ControlSocket(asio::io_context& context, Run& run, std::function<void(const std::string&)> note)
    : impl_(std::make_unique<Impl>(context, run, std::move(note))) {}
ControlSocket::~ControlSocket() = default;
void ControlSocket::open(const std::string& run_directory) { impl_->open(run_directory); }
void ControlSocket::close() { impl_->close(); }

}  // namespace amend::cli
