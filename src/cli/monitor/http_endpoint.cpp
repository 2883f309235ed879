#include "cli/monitor/http_endpoint.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <unordered_set>

#include "amend/error.hpp"
#include "cli/monitor/accept_loop.hpp"

namespace amend::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint32_t head_bytes_max = 8 * 1024;
constexpr std::chrono::seconds request_time_max{5};
constexpr int requests_max = 100;
constexpr int stream_buffer_bytes = 1024 * 1024;

class HttpConnection;

/// The state that connections share.
class Hall {
 public:
  explicit Hall(HttpEndpoint::Handle handle_) : handle(std::move(handle_)) {}

  const HttpEndpoint::Handle handle;
  std::unordered_set<HttpConnection*> streams;
};

using Request = http::request<http::empty_body>;

std::string_view host_of(const Request& request) {
  const auto [first, last] = request.equal_range(http::field::host);
  return first != last && std::next(first) == last ? std::string_view(first->value()) : std::string_view();
}

// One connection: a series of requests and responses, or a stream to its end.
class HttpConnection final : public Connection, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(tcp::socket socket, Hall& hall, std::function<void()> gone)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), hall_(hall), gone_(std::move(gone)) {}

  void begin() override { read(); }

  void close() override {
    if (closed_) return;
    closed_ = true;
    hall_.streams.erase(this);
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    socket_.close(ignored);
    timer_.cancel();
    gone_();
  }

  bool is_silent() const noexcept override { return silent_; }

  void publish(const HttpEndpoint::Piece& piece) {
    if (piece_) return;
    const std::string_view left = written_at_once(*piece);
    if (closed_ || left.empty()) return;
    piece_ = piece;
    allow_time();
    asio::async_write(socket_, asio::buffer(left),
                      [self = shared_from_this()](error_code error, std::size_t) { self->on_piece_written(error); });
  }

  void close_with(std::string_view last) {
    if (!piece_) written_at_once(last);
    close();
  }

 private:
  using Parser = http::request_parser<http::empty_body>;

  void read() {
    silent_ = true;
    allow_time();
    parser_.emplace();
    parser_->header_limit(head_bytes_max);
    http::async_read_header(socket_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) { self->take(error); });
  }

  void allow_time() {
    timer_.expires_after(request_time_max);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->close();
    });
  }

  void take(error_code error) {
    if (closed_) return;
    silent_ = false;
    if (error == http::error::end_of_stream || error == http::error::partial_message) return close();
    if (error && error.category() != http::make_error_code(http::error::bad_method).category()) return close();
    response_ = {};
    if (error) {
      response_.keep_alive(false);
      fill(HttpResponse(400, plain_text, "no request\n"));
      return write(http::verb::get);
    }
    const Request& request = parser_->get();
    const bool has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
    response_.version(request.version());
    response_.keep_alive(request.keep_alive() && !has_body && ++requests_ < requests_max);
    fill(hall_.handle(HttpRequest(request.method_string(), request.target(), host_of(request))));
    write(request.method());
  }

  void fill(HttpResponse response) {
    response_.result(response.status);
    for (const auto& [name, value] : response.fields)
      response_.set(beast::string_view(name.data(), name.size()), value);
    response_.body() = std::move(response.body);
    if (!response.is_stream) return response_.prepare_payload();
    first_piece_ = std::make_shared<const std::string>(std::move(response_.body()));
    response_.body().clear();
    response_.keep_alive(false);
  }

  void write(http::verb method) {
    serializer_.emplace(response_);
    if (first_piece_) return begin_stream();
    const auto written = [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); };
    if (method == http::verb::head) {
      http::async_write_header(socket_, *serializer_, written);
    } else {
      http::async_write(socket_, *serializer_, written);
    }
  }

  void on_written(error_code error) {
    if (closed_) return;
    if (error || !response_.keep_alive()) return close();
    read();
  }

  // A stream is written without waiting while the kernel accepts bytes. So no write is pending when the run ends.
  void begin_stream() {
    error_code error;
    socket_.set_option(tcp::socket::send_buffer_size(stream_buffer_bytes), error);
    socket_.non_blocking(true, error);
    http::write_header(socket_, *serializer_, error);
    if (error) return close();
    timer_.cancel();
    hall_.streams.insert(this);
    publish(first_piece_);
    notice_leaving();
  }

  /// Returns the unwritten rest. Closes the connection when it cannot be written.
  std::string_view written_at_once(std::string_view text) {
    error_code error;
    while (!error && !text.empty()) text.remove_prefix(socket_.write_some(asio::buffer(text), error));
    if (error && error != asio::error::would_block) close();
    return text;
  }

  void on_piece_written(error_code error) {
    if (closed_) return;
    if (error) return close();
    piece_.reset();
    timer_.cancel();
  }

  // Reads only to notice the end; further bytes of a stream's client are ignored.
  void notice_leaving() {
    socket_.async_read_some(asio::buffer(unheard_), [self = shared_from_this()](error_code error, std::size_t) {
      if (self->closed_) return;
      if (error) return self->close();
      self->notice_leaving();
    });
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  Hall& hall_;
  const std::function<void()> gone_;
  beast::flat_buffer buffer_{head_bytes_max};
  std::optional<Parser> parser_;
  http::response<http::string_body> response_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  HttpEndpoint::Piece first_piece_;  // of a stream
  HttpEndpoint::Piece piece_;        // of a stream, not yet read by the client
  std::array<char, 256> unheard_{};
  int requests_ = 0;
  bool silent_ = true;
  bool closed_ = false;
};

void listen(tcp::acceptor& acceptor, std::string_view option, const ListenAddress& address) {
  try {
    const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint);
    acceptor.listen();
  } catch (const boost::system::system_error& error) {
    throw ConfigError(fmt::format("{} {}: {}; choose another port, or 0 for any free port", option,
                                  show_address(address), error.code().message()));
  }
}

}  // namespace

class HttpEndpoint::Impl {
 public:
  Impl(asio::io_context& context, std::string_view option, const ListenAddress& address, std::size_t connections_max,
       Handle handle)
      : hall_(std::move(handle)),
        loop_(context, connections_max, [this](tcp::socket socket, std::function<void()> gone) {
          return std::make_shared<HttpConnection>(std::move(socket), hall_, std::move(gone));
        }) {
    listen(loop_.acceptor(), option, address);
  }

  ListenAddress address() const {
    const auto endpoint = loop_.acceptor().local_endpoint();
    return {endpoint.address().to_string(), endpoint.port()};
  }
  void start() { loop_.start(); }
  std::size_t streams() const noexcept { return hall_.streams.size(); }
  void publish(const Piece& piece) {
    const auto streams = hall_.streams;  // a copy, because a stream that cannot be written to leaves
    for (HttpConnection* connection : streams) connection->publish(piece);
  }
  void close(std::string_view last) {
    const auto streams = hall_.streams;
    for (HttpConnection* connection : streams) connection->close_with(last);
    loop_.close();
  }

 private:
  Hall hall_;
  AcceptLoop<tcp> loop_;
};

HttpEndpoint::HttpEndpoint(asio::io_context& context, std::string_view option, const ListenAddress& address,
                           std::size_t connections_max, Handle handle)
    : impl_(std::make_unique<Impl>(context, option, address, connections_max, std::move(handle))) {}
HttpEndpoint::~HttpEndpoint() = default;
ListenAddress HttpEndpoint::address() const { return impl_->address(); }
void HttpEndpoint::start() { impl_->start(); }
std::size_t HttpEndpoint::streams() const noexcept { return impl_->streams(); }
void HttpEndpoint::publish(const Piece& piece) { impl_->publish(piece); }
void HttpEndpoint::close(std::string_view last) { impl_->close(last); }

}  // namespace amend::cli
