#include "connection.hpp"

#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace bench {
namespace {

constexpr std::size_t input_size = 64 * 1024;
constexpr std::size_t read_ahead = 64 * 1024;

// OpenSSL writes each record to its BIO by itself; gathered in a string, all records of a turn are one system call.
int gather(BIO* bio, const char* data, int size) {
  static_cast<std::string*>(BIO_get_data(bio))->append(data, static_cast<std::size_t>(size));
  return size;
}

long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO* make_gatherer(std::string& wire) {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "gatherer");
    BIO_meth_set_write(made, gather);
    BIO_meth_set_ctrl(made, control);
    return made;
  }();
  BIO* bio = BIO_new(method);
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, &wire);
  BIO_set_init(bio, 1);
  return bio;
}

SslPtr make_ssl(SSL_CTX* tls, int descriptor, std::string& wire) {
  if (tls == nullptr) return {nullptr, SSL_free};
  SslPtr ssl(SSL_new(tls), SSL_free);
  if (!ssl) throw std::bad_alloc();
  SSL_set_bio(ssl.get(), BIO_new_socket(descriptor, BIO_NOCLOSE), make_gatherer(wire));
  SSL_set_accept_state(ssl.get());
  return ssl;
}

}  // namespace

Connection::Connection(int descriptor, SSL_CTX* tls, const Answers& answers, Clock::duration hold, Totals& totals)
    : descriptor_(descriptor),
      ssl_(make_ssl(tls, descriptor, wire_)),
      answers_(answers),
      hold_(hold),
      totals_(totals),
      input_(input_size) {}

Connection::~Connection() {
  ssl_.reset();
  ::close(descriptor_);
}

void Connection::take_requests() {
  const bool ready = handshake();
  send_rest();  // the handshake's own records
  if (!ready) return;
  // Does not read from a client that does not read, so that the unsent responses stay bounded.
  while (!has_rest() && read_some() > 0) answer_input();
}

bool Connection::handshake() {
  if (!ssl_ || SSL_is_init_finished(ssl_.get()) != 0) return true;
  ERR_clear_error();
  const int done = SSL_do_handshake(ssl_.get());
  if (done != 1 && SSL_get_error(ssl_.get(), done) != SSL_ERROR_WANT_READ) throw Lost("handshake");
  return done == 1;
}

std::size_t Connection::read_some() {
  const std::size_t room = input_.size() - filled_;
  if (room == 0) throw Malformed("a request of more than 64 KiB");
  const std::size_t got = ssl_ ? read_tls(room) : read_plain(room);
  filled_ += got;
  return got;
}

// As many records as are there: one answer to all of them is what makes this server cheap.
std::size_t Connection::read_tls(std::size_t room) {
  std::size_t got = 0;
  do {
    std::size_t more = 0;
    ERR_clear_error();
    const int done = SSL_read_ex(ssl_.get(), input_.data() + filled_ + got, room - got, &more);
    if (done != 1) {
      if (SSL_get_error(ssl_.get(), done) == SSL_ERROR_WANT_READ) return got;
      throw Lost("read");
    }
    got += more;
  } while (got < room && SSL_has_pending(ssl_.get()) != 0);
  return got;
}

std::size_t Connection::read_plain(std::size_t room) {
  const ssize_t got = ::recv(descriptor_, input_.data() + filled_, room, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (got <= 0) throw Lost("read");
  return static_cast<std::size_t>(got);
}

void Connection::answer_input() {
  const auto before = output_.size();
  const Answered answered = answers_.answer_all({input_.data(), filled_}, output_);
  if (answered.requests == 0) return;
  totals_.count(answered.requests);
  filled_ -= answered.bytes;
  std::copy_n(input_.data() + answered.bytes, filled_, input_.data());
  held_.push_back({Clock::now() + hold_, output_.size() - before});
  if (hold_ == Clock::duration::zero()) send_due(held_.back().due);
}

void Connection::send_due(Clock::time_point now) {
  std::size_t bytes = 0;
  for (; !held_.empty() && held_.front().due <= now; held_.pop_front()) bytes += held_.front().bytes;
  if (bytes == 0) return;
  send(std::string_view(output_).substr(0, bytes));
  output_.erase(0, bytes);
}

void Connection::send(std::string_view plain) {
  if (plain.empty()) return;
  if (ssl_) {
    std::size_t written = 0;
    ERR_clear_error();
    if (SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written) != 1) throw Lost("write");
  } else {
    wire_ += plain;
  }
  send_rest();
}

void Connection::send_rest() {
  while (has_rest()) {
    const ssize_t sent = ::send(descriptor_, wire_.data() + sent_, wire_.size() - sent_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) return;
    if (sent < 0 && errno != EINTR) throw Lost("write");
    if (sent > 0) sent_ += static_cast<std::size_t>(sent);
  }
  wire_.clear();
  sent_ = 0;
}

std::optional<Clock::time_point> Connection::next_due() const {
  if (held_.empty()) return std::nullopt;
  return held_.front().due;
}

std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> make_tls(const std::string& certificate, const std::string& key) {
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> tls(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  if (!tls) throw std::bad_alloc();
  SSL_CTX_set_min_proto_version(tls.get(), TLS1_2_VERSION);
  SSL_CTX_set_read_ahead(tls.get(), 1);
  SSL_CTX_set_default_read_buffer_len(tls.get(), read_ahead);
  if (SSL_CTX_use_certificate_chain_file(tls.get(), certificate.c_str()) != 1)
    throw std::runtime_error(certificate + ": no certificate in it");
  if (SSL_CTX_use_PrivateKey_file(tls.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
    throw std::runtime_error(key + ": no key of that certificate in it");
  return tls;
}

}  // namespace bench
