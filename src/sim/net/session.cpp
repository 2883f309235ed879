#include "session.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace amend::sim {
namespace asio = boost::asio;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

// A client that does not read must not fill the memory. Above this number, reading stops until responses have left.
constexpr std::size_t held_max = 4096;
constexpr std::chrono::milliseconds slow_pause{1};
constexpr std::chrono::seconds linger_time{1};

}  // namespace

Session::Session(asio::ip::tcp::socket socket, std::uint64_t connection, Service& service, RequestLog& log,
                 const TlsContext* tls, std::size_t slow_bytes, Gone gone)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      connection_(connection),
      service_(service),
      log_(log),
      slow_bytes_(slow_bytes),
      gone_(std::move(gone)) {
  if (tls != nullptr) tls_.emplace(*tls);
}

void Session::start() {
  error_code ignored;
  socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  read();
}

void Session::stop() { close(); }

void Session::read() {
  if (reading_ || input_ended_ || closed_) return;
  reading_ = true;
  socket_.async_read_some(asio::buffer(raw_), [self = shared_from_this()](error_code error, std::size_t bytes) {
    self->reading_ = false;
    if (self->closed_) return;
    if (error == asio::error::eof) return self->on_end_of_input();
    if (error) return self->close();
    self->on_read(bytes);
  });
}

void Session::on_read(std::size_t bytes) {
  const std::string_view received(raw_.data(), bytes);
  auto state = TlsEngine::State::open;
  if (tls_) {
    state = tls_->receive(received, input_, control_);
  } else {
    input_.append(received);
  }
  serve_all();
  if (state == TlsEngine::State::failed && ending_ == Ending::keep) ending_ = Ending::fin;
  pump();
  if (closed_) return;
  if (state == TlsEngine::State::closed) return on_end_of_input();
  if (held_.size() < held_max) read();
}

void Session::on_end_of_input() {
  input_ended_ = true;
  const bool blocked = !held_.empty() && held_.front().reply.ending == Ending::hang;
  if (ended_ || blocked) return close();
  if (held_.empty() && plain_.empty() && !writing_) return finish();
  if (ending_ == Ending::keep && !given_up_) {
    // The requests so far are still answered; the last response ends the connection.
    given_up_ = true;
    if (held_.empty()) {
      ending_ = Ending::fin;
    } else if (held_.back().reply.ending == Ending::keep) {
      held_.back().reply.ending = Ending::fin;
    }
  }
}

void Session::serve_all() {
  std::size_t position = 0;
  while (position < input_.size() && !closed_) {
    std::size_t consumed = 0;
    const auto result = reader_.read(std::string_view(input_).substr(position), consumed);
    position += consumed;
    if (result == RequestReader::Result::need_more) break;
    if (result == RequestReader::Result::bad) {
      refuse_bytes();
      position = input_.size();
      break;
    }
    serve_one(position < input_.size());
  }
  input_.erase(0, position);
}

void Session::serve_one(bool more) {
  const bool pipelined = more || writing_ || !held_.empty() || !plain_.empty();
  const Arrival arrival(std::chrono::system_clock::now(), connection_, ++requests_, pipelined);
  if (given_up_) {
    log_.add(service_.ignore(reader_.request(), arrival));
    return;
  }
  keep(service_.serve(reader_.request(), arrival));
}

void Session::refuse_bytes() {
  if (given_up_) return;
  Reply reply;
  reply.bytes = service_.reject(reader_.status(), std::chrono::system_clock::now());
  reply.ending = Ending::fin;
  keep(std::move(reply));
}

void Session::keep(Reply reply) {
  if (reply.ending != Ending::keep) given_up_ = true;
  Clock::time_point due = last_due_;
  if (reply.delay.count() > 0)
    due = std::max(due, Clock::now() + std::chrono::duration_cast<Clock::duration>(reply.delay));
  last_due_ = due;
  if (reply.ending == Ending::hang) {
    reply.entry.fate = Fate::hung;
    log_.add(reply.entry);
  }
  held_.emplace_back(due, std::move(reply));
}

void Session::pump() {
  if (writing_ || closed_ || ended_) return;
  collect_due();
  if (!plain_.empty() || !control_.empty()) return write();
  if (ending_ != Ending::keep) return finish();
  if (held_.empty()) return;
  if (held_.front().reply.ending != Ending::hang) return wait_until(held_.front().due);
  if (input_ended_) close();
}

void Session::collect_due() {
  if (held_.empty() || ending_ != Ending::keep) return;
  const auto now = Clock::now();
  while (!held_.empty() && held_.front().due <= now && ending_ == Ending::keep) {
    Reply& reply = held_.front().reply;
    if (reply.ending == Ending::hang) return;
    ending_ = reply.ending;
    plain_ += reply.bytes;
    if (reply.entry.ordinal != 0) leaving_.push_back(std::move(reply.entry));
    held_.pop_front();
  }
}

void Session::wait_until(Clock::time_point due) {
  timer_.expires_at(due);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->pump();
  });
}

void Session::write() {
  const std::size_t piece = slow_bytes_ == 0 ? plain_.size() : std::min(slow_bytes_, plain_.size());
  out_.swap(control_);
  control_.clear();
  const std::string_view answers = std::string_view(plain_).substr(0, piece);
  if (!tls_) {
    out_ += answers;
  } else if (!tls_->send(answers, out_)) {
    return close();
  }
  plain_.erase(0, piece);
  writing_ = true;
  asio::async_write(socket_, asio::buffer(out_), [self = shared_from_this()](error_code error, std::size_t) {
    self->writing_ = false;
    if (self->closed_) return;
    if (error) return self->close();
    self->on_written();
  });
}

void Session::on_written() {
  out_.clear();
  if (!plain_.empty()) return wait_until(Clock::now() + slow_pause);
  settle();
  if (ended_) return linger();
  pump();
  if (!closed_ && held_.size() < held_max) read();
}

void Session::settle() {
  for (LogEntry& entry : leaving_) {
    const bool cut = entry.fault == Fault::truncate;
    const bool lost = entry.status == 0;
    entry.fate = lost ? Fate::dropped : cut ? Fate::truncated : Fate::written;
    log_.add(entry);
  }
  leaving_.clear();
}

void Session::finish() {
  if (ending_ == Ending::reset) return reset();
  settle();
  send_end();
}

// Sends close_notify, then FIN. Further bytes of the client are read, so that no RST overtakes the last responses.
void Session::send_end() {
  ended_ = true;
  given_up_ = true;
  if (tls_) tls_->shut(control_);
  if (control_.empty()) return linger();
  write();
}

void Session::linger() {
  error_code ignored;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  if (input_ended_) return close();
  timer_.expires_after(linger_time);
  timer_.async_wait([self = shared_from_this()](error_code error) {
    if (!error) self->close();
  });
  read();
}

void Session::reset() {
  settle();
  error_code ignored;
  socket_.set_option(asio::socket_base::linger(true, 0), ignored);
  close();
}

void Session::close() {
  if (closed_) return;
  closed_ = true;
  for (const LogEntry& entry : leaving_) log_.add(entry);
  leaving_.clear();
  for (const Held& held : held_) {
    if (held.reply.ending != Ending::hang && held.reply.entry.ordinal != 0) log_.add(held.reply.entry);
  }
  held_.clear();
  timer_.cancel();
  error_code ignored;
  socket_.close(ignored);
  if (gone_) gone_(connection_);
}

}  // namespace amend::sim
