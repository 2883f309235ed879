#include "server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <unordered_map>

#include "session.hpp"
#include "sim/api/customer_json.hpp"

namespace amend::sim {
namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds log_flush_period{200};
constexpr std::size_t dump_chunk = 1 << 20;

void write_all(int descriptor, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw std::runtime_error(fmt::format("{}: {}", path, std::strerror(errno)));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

// Writes another file and renames it, so that a reader never sees half a dump.
void write_dump(const std::string& path, const CustomerStore& store) {
  if (path.empty()) return;
  const std::string draft = path + ".part";
  const int descriptor = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) throw std::runtime_error(fmt::format("{}: {}", draft, std::strerror(errno)));
  std::string bytes;
  for (std::size_t i = 0; i < store.size(); ++i) {
    append_state_line(bytes, store[i]);
    if (bytes.size() < dump_chunk) continue;
    write_all(descriptor, bytes, draft);
    bytes.clear();
  }
  write_all(descriptor, bytes, draft);
  ::close(descriptor);
  if (::rename(draft.c_str(), path.c_str()) != 0) {
    throw std::runtime_error(fmt::format("{}: {}", path, std::strerror(errno)));
  }
}

class Server {
 public:
  Server(const ServerRules& rules, CustomerStore& store, Service& service, const TlsContext* tls)
      : rules_(rules),
        store_(store),
        service_(service),
        tls_(tls),
        log_(rules.request_log),
        endpoint_(asio::ip::make_address(rules.address), rules.port),
        acceptor_(context_),
        signals_(context_, SIGINT, SIGTERM, SIGUSR1),
        lifetime_(context_),
        flush_timer_(context_) {}

  void run() {
    listen();
    endpoint_ = acceptor_.local_endpoint();
    announce();
    wait_for_signal();
    lifetime_.expires_after(rules_.max_runtime);
    lifetime_.async_wait([this](error_code error) {
      if (!error) stop();
    });
    for (const auto& [from, to] : rules_.outages) plan_outage(from, to);
    flush_regularly();
    context_.run();
    log_.flush();
    write_dump(rules_.dump_state, store_);
  }

 private:
  void listen() {
    acceptor_.open(endpoint_.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint_);
    acceptor_.listen();
    accept();
  }

  void announce() const {
    const std::string host =
        endpoint_.address().is_v6() ? "[" + endpoint_.address().to_string() + "]" : endpoint_.address().to_string();
    fmt::print("listening {}://{}:{}\n", tls_ == nullptr ? "http" : "https", host, endpoint_.port());
    std::fflush(stdout);
  }

  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket socket) {
      if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
      if (!error) begin_session(std::move(socket));
      accept();
    });
  }

  void begin_session(tcp::socket socket) {
    const auto connection = ++connections_;
    auto session = std::make_shared<Session>(std::move(socket), connection, service_, log_, tls_, rules_.slow_bytes,
                                             [this](std::uint64_t gone) { sessions_.erase(gone); });
    sessions_.emplace(connection, session);
    session->start();
  }

  void wait_for_signal() {
    signals_.async_wait([this](error_code error, int signal) {
      if (error) return;
      if (stopped_ || signal != SIGUSR1) return stop();
      log_.flush();
      write_dump(rules_.dump_state, store_);
      wait_for_signal();
    });
  }

  void plan_outage(std::chrono::milliseconds from, std::chrono::milliseconds to) {
    const auto at = [this](std::chrono::milliseconds when, auto action) {
      auto& timer = outage_timers_.emplace_back(std::make_unique<asio::steady_timer>(context_, when));
      timer->async_wait([action](error_code error) {
        if (!error) action();
      });
    };
    at(from, [this] { close_all(); });
    at(to, [this] {
      if (!stopped_ && !acceptor_.is_open()) listen();
    });
  }

  void flush_regularly() {
    flush_timer_.expires_after(log_flush_period);
    flush_timer_.async_wait([this](error_code error) {
      if (error || stopped_) return;  // expired together with the stop timer: too late to be cancelled
      log_.flush();
      flush_regularly();
    });
  }

  void close_all() {
    error_code ignored;
    acceptor_.close(ignored);
    const auto sessions = sessions_;
    for (const auto& [connection, session] : sessions) session->stop();
  }

  void stop() {
    stopped_ = true;
    close_all();
    signals_.cancel();
    lifetime_.cancel();
    flush_timer_.cancel();
    outage_timers_.clear();
  }

  const ServerRules& rules_;
  CustomerStore& store_;
  Service& service_;
  const TlsContext* tls_;
  RequestLog log_;
  asio::io_context context_{1};
  tcp::endpoint endpoint_;
  tcp::acceptor acceptor_;
  asio::signal_set signals_;
  asio::steady_timer lifetime_;
  asio::steady_timer flush_timer_;
  std::vector<std::unique_ptr<asio::steady_timer>> outage_timers_;
  std::unordered_map<std::uint64_t, std::shared_ptr<Session>> sessions_;
  std::uint64_t connections_ = 0;
  bool stopped_ = false;
};

}  // namespace

void run_server(const ServerRules& rules, CustomerStore& store, Service& service,
                const std::optional<TlsContext>& tls) {
  Server server(rules, store, service, tls ? &*tls : nullptr);
  server.run();
}

}  // namespace amend::sim
