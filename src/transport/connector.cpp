#include "connector.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <utility>

#include "transport/as_result.hpp"

namespace amend {
namespace asio = boost::asio;

namespace {

std::string text_of(const Connector::Endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

}  // namespace

Connector::Connector(const asio::any_io_executor& executor, TlsContext* tls, AddressMemory& memory,
                     std::chrono::milliseconds patience, std::string tunnel, std::string name)
    : executor_(executor),
      tls_(tls),
      memory_(memory),
      patience_(patience),
      tunnel_(std::move(tunnel)),
      name_(std::move(name)),
      timer_(executor) {}

asio::awaitable<Opened> Connector::open(std::vector<Endpoint> found) {
  given_up_ = false;
  stream_.reset();
  winner_.reset();
  attempts_.clear();
  for (const Endpoint& endpoint : in_race_order(found, memory_, Clock::now())) attempts_.emplace_back(endpoint);
  race_.emplace(attempts_.size(), patience_, Clock::now());
  for (;;) {
    look(Clock::now());
    if (winner_ || given_up_ || error_ || race_->lost()) break;
    timer_.expires_at(race_->look_at());
    auto woken = co_await timer_.async_wait(as_result);
    static_cast<void>(woken);
  }
  close_losers(Clock::now());
  // Wait for the attempts, because their coroutines refer to this object.
  while (running_ > 0) {
    timer_.expires_at(Clock::time_point::max());
    auto woken = co_await timer_.async_wait(as_result);
    static_cast<void>(woken);
  }
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
  co_return conclude();
}

void Connector::give_up() {
  given_up_ = true;
  timer_.cancel();
}

void Connector::look(Clock::time_point now) {
  for (std::size_t i = 0; i < attempts_.size(); ++i) {
    const auto& stream = attempts_[i].stream;
    if (stream && !attempts_[i].is_over && stream->is_connected()) race_->connected(i, now);
    if (!race_->is_late(i, now)) continue;
    end_attempt(i, too_late(*stream));
  }
  while (const auto address = race_->begin(now)) begin(*address);
}

void Connector::begin(std::size_t address) {
  attempts_[address].stream = std::make_shared<ByteStream>(executor_, tls_);
  ++running_;
  asio::co_spawn(executor_, try_address(address), [this](std::exception_ptr error) {
    --running_;
    if (error && !error_) error_ = error;
    timer_.cancel();
  });
}

asio::awaitable<void> Connector::try_address(std::size_t address) {
  const std::shared_ptr<ByteStream> stream = attempts_[address].stream;
  const Endpoint endpoint = attempts_[address].endpoint;
  Opened result = co_await stream->connect(endpoint, tunnel_);
  end_attempt(address, std::move(result));
}

// The first result counts. A closed attempt ends a second time, with a meaningless error.
void Connector::end_attempt(std::size_t address, Opened result) {
  Attempt& attempt = attempts_[address];
  if (attempt.is_over) return;
  attempt.is_over = true;
  if (result.error == OpenError::none && !winner_) {
    winner_ = address;
    return;
  }
  attempt.result = std::move(result);
  attempt.stream->close();
  memory_.failed(attempt.endpoint, Clock::now());
  race_->failed(address, Clock::now());
}

Opened Connector::too_late(const ByteStream& stream) const {
  if (!stream.is_connected()) return Opened(OpenError::timeout, "no connection within --connect-timeout");
  const std::string what =
      tunnel_.empty() ? "the TLS handshake was not complete" : "there was no tunnel through the proxy";
  return Opened(OpenError::broken_off, "connected, but " + what + " within --connect-timeout");
}

// An attempt that began before the winner and has not even connected is considered dead. The next opening begins with
// other addresses.
void Connector::close_losers(Clock::time_point now) {
  for (std::size_t i = 0; i < attempts_.size(); ++i) {
    Attempt& attempt = attempts_[i];
    if (!attempt.stream || attempt.is_over) continue;
    attempt.is_over = true;
    if (winner_ && i < *winner_ && !attempt.stream->is_connected()) memory_.failed(attempt.endpoint, now);
    attempt.stream->close();
  }
}

Opened Connector::conclude() {
  if (winner_ && !given_up_) {
    stream_ = attempts_[*winner_].stream;
    peer_ = text_of(attempts_[*winner_].endpoint);
    memory_.worked(attempts_[*winner_].endpoint);
    attempts_.clear();
    return Opened();
  }
  if (winner_) attempts_[*winner_].stream->close();
  if (given_up_) return Opened(OpenError::unreachable, "closed by us");
  auto& furthest =
      *std::ranges::max_element(attempts_, {}, [](const Attempt& attempt) { return attempt.result.error; });
  peer_ = text_of(furthest.endpoint);
  std::string text = name_.empty() ? peer_ : name_ + " (" + peer_ + ")";
  text += ": " + furthest.result.text;
  if (attempts_.size() > 1)
    text += " (amend tried " + std::to_string(attempts_.size()) + " addresses; this attempt made the most progress)";
  Opened failure(furthest.result.error, std::move(text));
  attempts_.clear();
  return failure;
}

}  // namespace amend
