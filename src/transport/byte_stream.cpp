#include "byte_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <string_view>
#include <utility>

#include "transport/as_result.hpp"

namespace amend {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t read_bytes = 64 * 1024;
constexpr std::size_t batch_bytes_max = 64 * 1024;
constexpr std::size_t tunnel_head_max = 16 * 1024;

Opened judge_tunnel(std::string_view head) {
  const bool http1 = head.starts_with("HTTP/1.1 ") || head.starts_with("HTTP/1.0 ");
  unsigned status = 0;
  const char* const digits = head.data() + std::min<std::size_t>(head.size(), 9);
  const auto [end, error] = std::from_chars(digits, digits + std::min<std::size_t>(3, head.size()), status);
  if (!http1 || error != std::errc() || end != digits + 3)
    return Opened(OpenError::broken_off, "the proxy's response is not HTTP/1.1");
  const std::string told = "HTTP " + std::to_string(status);
  if (status == 407)
    return Opened(OpenError::proxy_refused,
                  "the proxy requires credentials (" + told + "), which amend does not support");
  const bool passing = status == 408 || status == 425 || status == 429;
  if (status >= 400 && status < 500 && !passing)
    return Opened(OpenError::proxy_refused, "the proxy refuses the tunnel (" + told + ")");
  if (status < 200 || status >= 300)
    return Opened(OpenError::broken_off, "the proxy did not open a tunnel to the server (" + told + ")");
  if (!head.ends_with("\r\n\r\n"))
    return Opened(OpenError::broken_off, "the proxy sent extra bytes after its response to CONNECT");
  return Opened();
}

}  // namespace

ByteStream::ByteStream(const asio::any_io_executor& executor, TlsContext* tls)
    : socket_(executor), tls_(tls), wire_(tls ? read_bytes : 0) {}

asio::awaitable<Opened> ByteStream::connect(tcp::endpoint endpoint, const std::string& tunnel) {
  auto connected = co_await socket_.async_connect(endpoint, as_result);
  const auto ec = std::get<0>(connected);
  if (ec) {
    const bool refused = ec == asio::error::connection_refused;
    const bool too_late = ec == asio::error::timed_out;
    const OpenError error = refused ? OpenError::refused : too_late ? OpenError::timeout : OpenError::unreachable;
    co_return Opened(error, ec.message());
  }
  connected_ = true;
  boost::system::error_code ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  if (!tunnel.empty()) {
    Opened through = co_await open_tunnel(tunnel);
    if (through.error != OpenError::none) co_return through;
  }
  if (!tls_) co_return Opened();
  ssl_ = tls_->make_client(wire_.make_bio(), notes_);
  co_return co_await handshake();
}

// The tunnel begins after the head of a 2xx (RFC 9110 §9.3.6). The server does not send first.
asio::awaitable<Opened> ByteStream::open_tunnel(const std::string& request) {
  writing_ = true;
  const auto bytes = asio::buffer(request);
  auto sent = co_await asio::async_write(socket_, bytes, as_result);
  writing_ = false;
  if (std::get<0>(sent)) co_return Opened(OpenError::broken_off, "the proxy: " + std::get<0>(sent).message());
  std::string head(tunnel_head_max, '\0');
  std::size_t size = 0;
  while (std::string_view(head).substr(0, size).find("\r\n\r\n") == std::string_view::npos) {
    if (size == head.size())
      co_return Opened(OpenError::broken_off, "the head of the proxy's response is longer than 16 KiB");
    const auto room = asio::buffer(head.data() + size, head.size() - size);
    auto got = co_await socket_.async_read_some(room, as_result);
    if (std::get<0>(got))
      co_return Opened(OpenError::broken_off, "the proxy closed the connection before it opened a tunnel");
    size += std::get<1>(got);
  }
  head.resize(size);
  co_return judge_tunnel(head);
}

asio::awaitable<Opened> ByteStream::handshake() {
  for (;;) {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    const int why = SSL_get_error(ssl_.get(), result);
    const Opened failure = result == 1 || why == SSL_ERROR_WANT_READ ? Opened() : handshake_failure();
    // Also after a failure, so that the alert reaches the server's log.
    if (!wire_.out().empty()) {
      const auto bytes = asio::buffer(wire_.out());
      writing_ = true;  // close() must not touch bytes that are being sent
      auto sent = co_await asio::async_write(socket_, bytes, as_result);
      writing_ = false;
      wire_.out().clear();
      const auto ec = std::get<0>(sent);
      if (ec && failure.error == OpenError::none) co_return explain_end_in_handshake(ec.message(), notes_);
    }
    if (result == 1 || failure.error != OpenError::none) co_return failure;
    const auto span = wire_.room();
    const auto room = asio::buffer(span.data(), span.size());
    auto got = co_await socket_.async_read_some(room, as_result);
    const auto ec = std::get<0>(got);
    if (ec) {
      const std::string how = ec == asio::error::eof ? std::string() : ec.message();
      co_return explain_end_in_handshake(how, notes_);
    }
    note_first_bytes(std::get<1>(got));
    wire_.received(std::get<1>(got));
  }
}

Opened ByteStream::handshake_failure() const {
  const long verdict = SSL_get_verify_result(ssl_.get());
  const auto error = ERR_peek_last_error();
  ERR_clear_error();
  return verdict == X509_V_OK ? explain_tls_error(error, notes_) : explain_refused_certificate(verdict, notes_);
}

void ByteStream::note_first_bytes(std::size_t size) {
  if (!notes_.first_bytes.empty()) return;
  notes_.first_bytes.assign(wire_.room().data(), std::min(size, HandshakeNotes::first_bytes_max));
}

asio::awaitable<ReadResult> ByteStream::read(http1::ResponseParser& parser) {
  return tls_ ? read_tls(parser) : read_plain(parser);
}

asio::awaitable<ReadResult> ByteStream::read_plain(http1::ResponseParser& parser) {
  const auto span = parser.prepare(read_bytes);
  const auto room = asio::buffer(span.data(), span.size());
  auto got = co_await socket_.async_read_some(room, as_result);
  const auto ec = std::get<0>(got);
  if (ec == asio::error::eof) co_return ReadResult(ReadEnd::clean);
  if (ec) co_return ReadResult(ReadEnd::failed, ec.message());
  parser.commit(std::get<1>(got));
  co_return ReadResult(ReadEnd::data);
}

asio::awaitable<ReadResult> ByteStream::read_tls(http1::ResponseParser& parser) {
  for (;;) {
    ERR_clear_error();
    if (decrypt(parser) > 0) co_return ReadResult(ReadEnd::data);
    const int why = SSL_get_error(ssl_.get(), -1);
    // A fatal alert also sets SSL_RECEIVED_SHUTDOWN. Only close_notify is an intended end.
    if (why == SSL_ERROR_ZERO_RETURN) co_return ReadResult(ReadEnd::clean);
    if (why != SSL_ERROR_WANT_READ) co_return failed_read();
    if (stream_ended_) co_return ReadResult(ReadEnd::truncated);
    // A key update or an alert may have produced bytes to send.
    if (!wire_.out().empty()) flush();
    if (is_retiring() && !std::exchange(retiring_told_, true)) co_return ReadResult(ReadEnd::data);
    const auto span = wire_.room();
    const auto room = asio::buffer(span.data(), span.size());
    auto got = co_await socket_.async_read_some(room, as_result);
    const auto ec = std::get<0>(got);
    stream_ended_ = ec == asio::error::eof;
    if (ec && !stream_ended_) co_return ReadResult(ReadEnd::failed, ec.message());
    wire_.received(std::get<1>(got));
  }
}

// With TLS 1.3, a client finishes its handshake before the server examines its certificate.
ReadResult ByteStream::failed_read() const {
  Opened why = explain_tls_error(ERR_peek_last_error(), notes_);
  ERR_clear_error();
  const bool refused = why.error == OpenError::client_certificate_refused && !received_any_;
  return ReadResult(refused ? ReadEnd::refused : ReadEnd::failed, std::move(why.text));
}

// Decrypts every record that has arrived, so that all their responses are parsed together.
std::size_t ByteStream::decrypt(http1::ResponseParser& parser) {
  std::size_t total = 0;
  while (total < batch_bytes_max) {
    const auto span = parser.prepare(16 * 1024);
    const int n = SSL_read(ssl_.get(), span.data(), static_cast<int>(span.size()));
    if (n <= 0) break;
    parser.commit(static_cast<std::size_t>(n));
    total += static_cast<std::size_t>(n);
  }
  received_any_ = received_any_ || total > 0;
  return total;
}

// The wire accepts all bytes, so SSL_write cannot be short or ask for a retry.
void ByteStream::encrypt() {
  std::size_t done = 0;
  while (done < plain_.size()) {
    std::size_t n = 0;
    if (SSL_write_ex(ssl_.get(), plain_.data() + done, plain_.size() - done, &n) != 1) {
      write_failed_ = true;
      break;
    }
    done += n;
  }
  plain_.clear();
}

void ByteStream::flush() {
  if (writing_ || write_failed_ || !socket_.is_open()) return;
  if (tls_) {
    encrypt();
  } else {
    wire_.out().swap(plain_);
  }
  write_some();
}

void ByteStream::write_some() {
  const std::string& out = wire_.out();
  while (written_ < out.size()) {
    boost::system::error_code ec;
    const auto rest = asio::buffer(out.data() + written_, out.size() - written_);
    const std::size_t n = socket_.write_some(rest, ec);
    written_ += n;
    if (ec == asio::error::would_block || ec == asio::error::try_again) {
      writing_ = true;
      socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](boost::system::error_code wait_ec) {
        self->writing_ = false;
        if (wait_ec) return;
        self->write_some();
        if (!self->writing_) self->flush();
      });
      return;
    }
    if (ec) {
      // The stream does not end here: delivered responses must still be read (src/README.md §3). Reading will find the
      // end.
      write_failed_ = true;
      break;
    }
  }
  wire_.out().clear();
  written_ = 0;
  if (!plain_.empty() && !write_failed_) flush();
}

void ByteStream::close() noexcept {
  boost::system::error_code ignored;
  if (ssl_ && socket_.is_open() && !writing_ && !write_failed_ && SSL_is_init_finished(ssl_.get())) {
    // One-way, because waiting for the server's close_notify could block forever.
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
    socket_.write_some(asio::buffer(wire_.out()), ignored);
  }
  socket_.close(ignored);
}

std::string ByteStream::security() const {
  if (!ssl_) return {};
  return std::string(SSL_get_version(ssl_.get())) + ", " + SSL_get_cipher_name(ssl_.get());
}

void ByteStream::remember_session() {
  if (ssl_ && SSL_is_init_finished(ssl_.get())) tls_->remember_session(*ssl_);
}

}  // namespace amend
