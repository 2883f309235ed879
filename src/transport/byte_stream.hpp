// One TCP connection, plain or with TLS: bytes in, bytes out, full duplex on one thread.
//
// TLS runs between buffers (wire.hpp) on a plain socket, so that one wake-up takes every record there is and one write
// carries every record that is ready. A failed write does not end the stream: what the server already sent can still be
// read.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <type_traits>

#include "amend/transport/http1_codec.hpp"
#include "amend/transport/transport.hpp"
#include "tls_context.hpp"
#include "tls_trouble.hpp"
#include "wire.hpp"

namespace amend {

/// How a read ended.
enum class ReadEnd : std::uint8_t {
  data,       ///< at least one byte was committed
  clean,      ///< the peer ended the stream properly (FIN; with TLS: close_notify)
  truncated,  ///< FIN without close_notify: what was framed by the end of the stream is not complete
  failed,     ///< reset or another error
  refused,    ///< the server does not accept our client certificate, and has read nothing that was sent
};

class ReadResult {
 public:
  explicit ReadResult(ReadEnd end_, std::string text_ = {}) : end(end_), text(std::move(text_)) {}

  ReadEnd end;
  std::string text;  ///< with `failed` and `refused`: the reason
};
static_assert(!std::is_aggregate_v<ReadResult>);

/// Held by shared_ptr: a write that is under way keeps it alive. Never reopened; close() is final.
class ByteStream : public std::enable_shared_from_this<ByteStream> {
 public:
  /// `tls` null: plain TCP.
  ByteStream(const boost::asio::any_io_executor& executor, TlsContext* tls);

  /// `tunnel`: the CONNECT request for a proxy at `endpoint`, outlives the call; empty: it is the server itself.
  boost::asio::awaitable<Opened> connect(boost::asio::ip::tcp::endpoint endpoint, const std::string& tunnel);

  /// Completes with all bytes that are there now, at least one. `parser` gets them; at most 64 KiB a call.
  boost::asio::awaitable<ReadResult> read(http1::ResponseParser& parser);

  /// Bytes to be sent: append here, then flush().
  std::string& outgoing() noexcept { return plain_; }
  void flush();

  void close() noexcept;
  bool is_open() const noexcept { return socket_.is_open(); }
  /// There is a TCP connection, to the server or its proxy; TLS may still be under way.
  bool is_connected() const noexcept { return connected_; }
  /// False after a write error: there may still be answers to read, but nothing more goes out.
  bool writable() const noexcept { return !write_failed_; }
  /// The server asked for another TLS handshake, which was refused. It may close for that: what it has been sent is
  /// answered as a rule, what follows is not. The read that finds it out completes, with or without bytes.
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
  Wire wire_;             ///< without TLS: only what goes out
  HandshakeNotes notes_;  ///< before ssl_, which refers to it
  SslPtr ssl_;
  std::string plain_;        ///< not yet encrypted
  std::size_t written_ = 0;  ///< of what goes out
  bool connected_ = false;
  bool writing_ = false;
  bool write_failed_ = false;
  bool stream_ended_ = false;
  bool retiring_told_ = false;  ///< by a read
  bool received_any_ = false;   ///< of what the server sent inside TLS
};

}  // namespace amend
