#include "cli/metrics_endpoint.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <string_view>
#include <utility>

#include "amend/error.hpp"
#include "cli/accept_loop.hpp"

namespace amend::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t connections_max = 16;
constexpr std::uint32_t head_bytes_max = 8 * 1024;
constexpr std::chrono::seconds time_allowed_each{5};
constexpr int requests_max = 100;

using Render = std::function<std::string()>;
using Answer = http::response<http::string_body>;

void say(Answer& answer, http::status status, std::string text) {
  answer.result(status);
  answer.body() = std::move(text);
}

bool asks_for_metrics(std::string_view target) { return target.substr(0, target.find('?')) == "/metrics"; }

void fill(Answer& answer, http::verb method, std::string_view target, const Render& render) {
  answer.set(http::field::content_type, "text/plain; charset=utf-8");
  if (method != http::verb::get && method != http::verb::head) {
    answer.set(http::field::allow, "GET, HEAD");
    return say(answer, http::status::method_not_allowed, "only GET and HEAD\n");
  }
  if (!asks_for_metrics(target)) return say(answer, http::status::not_found, "only /metrics\n");
  answer.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
  say(answer, http::status::ok, render());
}

// One connection: a request, its answer, and so on.
class MetricsVisit final : public Visit, public std::enable_shared_from_this<MetricsVisit> {
 public:
  MetricsVisit(tcp::socket socket, const Render& render, std::function<void()> gone)
      : socket_(std::move(socket)), timer_(socket_.get_executor()), render_(render), gone_(std::move(gone)) {}

  void begin() override { read(); }

  void close() override {
    if (closed_) return;
    closed_ = true;
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    socket_.close(ignored);
    timer_.cancel();
    gone_();
  }

 private:
  using Parser = http::request_parser<http::empty_body>;

  void read() {
    allow_time();
    parser_.emplace();
    parser_->header_limit(head_bytes_max);
    http::async_read_header(socket_, buffer_, *parser_,
                            [self = shared_from_this()](error_code error, std::size_t) { self->take(error); });
  }

  void allow_time() {
    timer_.expires_after(time_allowed_each);
    timer_.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->close();
    });
  }

  void take(error_code error) {
    if (closed_) return;
    if (error == http::error::end_of_stream || error == http::error::partial_message) return close();
    if (error && error.category() != http::make_error_code(http::error::bad_method).category()) return close();
    answer_ = Answer();
    if (error) {
      answer_.keep_alive(false);
      say(answer_, http::status::bad_request, "no request\n");
      return write(http::verb::get);
    }
    const auto& request = parser_->get();
    const bool has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
    answer_.version(request.version());
    answer_.keep_alive(request.keep_alive() && !has_body && ++requests_ < requests_max);
    fill(answer_, request.method(), request.target(), render_);
    write(request.method());
  }

  void write(http::verb method) {
    answer_.prepare_payload();
    serializer_.emplace(answer_);
    const auto written = [self = shared_from_this()](error_code error, std::size_t) { self->on_written(error); };
    if (method == http::verb::head) {
      http::async_write_header(socket_, *serializer_, written);
    } else {
      http::async_write(socket_, *serializer_, written);
    }
  }

  void on_written(error_code error) {
    if (closed_) return;
    if (error || !answer_.keep_alive()) return close();
    read();
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  const Render& render_;
  const std::function<void()> gone_;
  beast::flat_buffer buffer_{head_bytes_max};
  std::optional<Parser> parser_;
  Answer answer_;
  std::optional<http::response_serializer<http::string_body>> serializer_;
  int requests_ = 0;
  bool closed_ = false;
};

tcp::endpoint endpoint_of(const ListenAddress& address) { return {asio::ip::make_address(address.host), address.port}; }

}  // namespace

class MetricsEndpoint::Impl {
 public:
  Impl(asio::io_context& context, const ListenAddress& address, Render render)
      : render_(std::move(render)),
        loop_(context, connections_max, [this](tcp::socket socket, std::function<void()> gone) {
          return std::make_shared<MetricsVisit>(std::move(socket), render_, std::move(gone));
        }) {
    try {
      const tcp::endpoint endpoint = endpoint_of(address);
      loop_.acceptor().open(endpoint.protocol());
      loop_.acceptor().set_option(tcp::acceptor::reuse_address(true));
      loop_.acceptor().bind(endpoint);
      loop_.acceptor().listen();
    } catch (const boost::system::system_error& error) {
      throw ConfigError(fmt::format("--metrics-listen {}: {}; choose another port, 0 takes any free one",
                                    show_address(address), error.code().message()));
    }
  }

  std::string url() const {
    const auto endpoint = loop_.acceptor().local_endpoint();
    return fmt::format("http://{}/metrics",
                       show_address(ListenAddress(endpoint.address().to_string(), endpoint.port())));
  }
  void start() { loop_.start(); }
  void close() { loop_.close(); }

 private:
  const Render render_;
  AcceptLoop<tcp> loop_;
};

MetricsEndpoint::MetricsEndpoint(asio::io_context& context, const ListenAddress& address,
                                 std::function<std::string()> render)
    : impl_(std::make_unique<Impl>(context, address, std::move(render))) {}
MetricsEndpoint::~MetricsEndpoint() = default;
std::string MetricsEndpoint::url() const { return impl_->url(); }
void MetricsEndpoint::start() { impl_->start(); }
void MetricsEndpoint::close() { impl_->close(); }

}  // namespace amend::cli
