// One TCP connection, plain or with TLS: bytes in and out, full duplex on one thread.
//
// TLS runs between buffers (wire.hpp) on a plain socket. So one wake-up processes every available record, and one write
// sends every ready record. A failed write does not end the stream, because bytes that the server already sent can
// still be read.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <type_traits>

#include "tls_context.hpp"
#include "tls_trouble.hpp"
#include "transport/http1_codec.hpp"
#include "transport/transport.hpp"
#include "wire.hpp"

namespace amend {

/// How a read ended.
enum class ReadEnd : std::uint8_t {
  data,       ///< at least one byte was committed
  clean,      ///< the peer ended the stream properly (FIN; with TLS: close_notify)
  truncated,  ///< FIN without close_notify: a body framed by the end of the stream is incomplete
  failed,     ///< reset or another error
  refused,    ///< the server refuses our client certificate, and has read no request
};

class ReadResult {
 public:
  explicit ReadResult(ReadEnd end_, std::string text_ = {}) : end(end_), text(std::move(text_)) {}

  ReadEnd end;
  std::string text;  ///< with `failed` and `refused`: the reason
};
static_assert(!std::is_aggregate_v<ReadResult>);

/// One connection. It is never reopened; close() is final.
///
/// Lifetime: owned by shared_ptr, because a pending write keeps it alive.
class ByteStream : public std::enable_shared_from_this<ByteStream> {
 public:
  /// `tls` null: plain TCP.
  ByteStream(const boost::asio::any_io_executor& executor, TlsContext* tls);

  /// `tunnel` is the CONNECT request when `endpoint` is a proxy, and must outlive the call. Empty: `endpoint` is the
  /// server.
  boost::asio::awaitable<Opened> connect(boost::asio::ip::tcp::endpoint endpoint, const std::string& tunnel);

  /// Completes with all available bytes, at least one, and passes them to `parser`. At most 64 KiB per call.
  boost::asio::awaitable<ReadResult> read(http1::ResponseParser& parser);

  /// The buffer for bytes to send: append to it, then call flush().
  std::string& outgoing() noexcept { return plain_; }
  void flush();

  void close() noexcept;
  bool is_open() const noexcept { return socket_.is_open(); }
  /// Whether a TCP connection to the server or its proxy exists. TLS may still be in progress.
  bool is_connected() const noexcept { return connected_; }
  /// False after a write error: no byte is sent any more, but responses may still be read.
  bool writable() const noexcept { return !write_failed_; }
  /// Whether the server asked for another TLS handshake, which was refused. Some servers close after that: they usually
  /// answer earlier requests, but not later ones. The read that detects it completes, with or without bytes.
  bool is_retiring() const noexcept { return notes_.refused_renegotiation; }
  std::string security() const;
  void remember_session();

 private:
  boost::asio::awaitable<Opened> open_tunnel(const std::string& request);
  boost::asio::awaitable<Opened> handshake();
  boost::asio::awaitable<ReadResult> read_plain(http1::ResponseParser& parser);
  boost::asio::awaitable<ReadResult> read_tls(http1::ResponseParser& parser);
  std::size_t decrypt(http1::ResponseParser& parser);
  void encrypt();
  void write_some();
  Opened handshake_failure() const;
  ReadResult failed_read() const;
  void note_first_bytes(std::size_t size);

  boost::asio::ip::tcp::socket socket_;
  TlsContext* tls_;
  Wire wire_;             ///< without TLS: only the outgoing bytes
  HandshakeNotes notes_;  ///< before ssl_, which refers to it
  SslPtr ssl_;
  std::string plain_;        ///< not yet encrypted
  std::size_t written_ = 0;  ///< of the outgoing bytes
  bool connected_ = false;
  bool writing_ = false;
  bool write_failed_ = false;
  bool stream_ended_ = false;
  bool retiring_told_ = false;  ///< reported by a read
  bool received_any_ = false;   ///< bytes from the server inside TLS
};

}  // namespace amend
