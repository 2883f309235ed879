// HTTP/1.1 with pipelining: pairs responses with requests, keeps the deadlines, and knows which connections may be
// trusted.
#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <utility>

#include "amend/error.hpp"
#include "byte_stream.hpp"
#include "connector.hpp"
#include "name_lookup.hpp"
#include "pipeline_depth.hpp"
#include "tls_context.hpp"
#include "transport/http1_codec.hpp"
#include "transport/transport.hpp"

namespace amend {
namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;

namespace {

class Unanswered {
 public:
  Unanswered() = default;
  Unanswered(std::uint32_t tag_, bool behind_another_) noexcept : tag(tag_), behind_another(behind_another_) {}
  std::uint32_t tag = 0;
  bool behind_another = false;  // sent while another was unanswered
};

// The unanswered requests, oldest first. A ring of fixed size: the depth is the bound.
class InFlight {
 public:
  explicit InFlight(std::size_t depth) : ring_(depth) {}
  bool empty() const noexcept { return count_ == 0; }
  std::size_t size() const noexcept { return count_; }
  void push(std::uint32_t tag) noexcept {
    ring_[(first_ + count_) % ring_.size()] = Unanswered(tag, count_ > 0);
    ++count_;
  }
  Unanswered pop() noexcept {
    const Unanswered oldest = ring_[first_];
    first_ = (first_ + 1) % ring_.size();
    --count_;
    return oldest;
  }

 private:
  std::vector<Unanswered> ring_;
  std::size_t first_ = 0;
  std::size_t count_ = 0;
};

http1::Limits limits_of(const TargetConfig& config) noexcept {
  http1::Limits limits;
  limits.body_bytes_max = config.response_bytes_max;
  return limits;
}

// RFC 9112 §3.2.3 requires the port.
std::string tunnel_request(const Target& target) {
  if (target.proxy_host.empty()) return {};
  const std::string host = target.host.find(':') == std::string::npos ? target.host : "[" + target.host + "]";
  const std::string authority = host + ":" + target.port;
  return "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n";
}

// The name for the resolver, which keeps a dot at the end of the host.
const std::string& connect_host(const Target& target) noexcept {
  return target.proxy_host.empty() ? target.resolved_name : target.proxy_host;
}

const std::string& connect_port(const Target& target) noexcept {
  return target.proxy_host.empty() ? target.port : target.proxy_port;
}

std::string name_for_texts(const Target& target) {
  if (!target.proxy_host.empty()) return "the proxy " + target.proxy_host;
  return target.literal_address ? std::string() : target.host;
}

class Http1Session final : public Session {
 public:
  Http1Session(const asio::any_io_executor& executor, const Target& target, const TargetConfig& config,
               const DeadlineConfig& deadline, std::size_t depth, PipelineDepth& host_depth, NameLookup& names,
               AddressMemory& addresses, const std::string& fixed_headers, TlsContext* tls)
      : executor_(executor),
        target_(target),
        ipv4_only_(config.ipv4_only),
        deadline_config_(deadline),
        host_depth_(host_depth),
        names_(names),
        fixed_headers_(fixed_headers),
        connector_(executor, tls, addresses, deadline.connect, tunnel_request(target), name_for_texts(target)),
        limits_(limits_of(config)),
        watchdog_(executor),
        in_flight_(depth) {
    responses_.reserve(depth);
    unanswered_.reserve(depth);
  }

  asio::awaitable<Opened> open() override;
  std::size_t capacity() const noexcept override;
  std::size_t in_flight() const noexcept override { return in_flight_.size(); }
  void submit(const Request& request) override;
  void flush() override { stream_->flush(); }
  asio::awaitable<Received> next() override;
  void close() override;
  void distrust() override {
    must_prove_ = true;
    close();
  }
  std::string security() const override { return stream_ ? stream_->security() : std::string(); }
  std::string peer() const override { return peer_; }

 private:
  asio::awaitable<Names> find_addresses();
  void begin_connection();
  void parse_responses();
  void take_end(const ReadResult& read);
  void end(CloseCause cause, std::string text);
  Received last_received();
  void expect_by(Clock::time_point deadline);
  void watch();
  void on_deadline();

  asio::any_io_executor executor_;
  Target target_;
  bool ipv4_only_;
  DeadlineConfig deadline_config_;
  PipelineDepth& host_depth_;
  NameLookup& names_;
  std::shared_ptr<NameWait> name_wait_;  ///< null: not waiting
  std::string fixed_headers_;
  Connector connector_;

  std::shared_ptr<ByteStream> stream_;
  const http1::Limits limits_;
  http1::ResponseParser parser_;
  std::string peer_;
  bool give_up_opening_ = false;  ///< close() was called during open()
  CloseCause closed_ = CloseCause::local;
  std::string close_text_;

  asio::steady_timer watchdog_;
  bool watching_ = false;
  Clock::time_point deadline_ = Clock::time_point::max();

  InFlight in_flight_;
  bool must_prove_ = false;        ///< the last connection ended unannounced: one request until its response
  bool answered_any_ = false;      ///< on this connection
  bool pipelined_ = false;         ///< on this connection, a request was sent while another was unanswered
  bool depth_fell_ = false;        ///< by the end of this connection
  bool sent_after_idle_ = false;   ///< every request in flight was sent after a moment with none in flight
  bool heard_since_idle_ = false;  ///< a response arrived since that moment
  std::vector<TaggedResponse> responses_;
  std::vector<std::uint32_t> unanswered_;
};

asio::awaitable<Opened> Http1Session::open() {
  assert(in_flight_.empty());
  give_up_opening_ = false;
  Names names = co_await find_addresses();
  if (give_up_opening_) co_return Opened(OpenError::unreachable, connect_host(target_) + ": closed by us");
  if (names.failure.error != OpenError::none) co_return names.failure;
  if (names.endpoints.empty()) co_return Opened(OpenError::unreachable, connect_host(target_) + ": no address");
  Opened opened = co_await connector_.open(std::move(names.endpoints));
  peer_ = connector_.peer();
  stream_ = connector_.take_stream();
  if (stream_) begin_connection();
  co_return opened;
}

// The addresses of the connection's host: the proxy, or the API.
asio::awaitable<Names> Http1Session::find_addresses() {
  const std::string& host = connect_host(target_);
  const auto port = static_cast<std::uint16_t>(std::stoi(connect_port(target_)));
  std::vector<tcp::endpoint> endpoints;
  boost::system::error_code no_address;
  const auto address = asio::ip::make_address(host, no_address);
  if (host == "localhost" || host == "localhost.") {
    // Always this machine, whatever a resolver returns (RFC 6761 §6.3).
    endpoints.emplace_back(asio::ip::address_v4::loopback(), port);
    if (!ipv4_only_) endpoints.emplace_back(asio::ip::address_v6::loopback(), port);
  } else if (!no_address && !(ipv4_only_ && address.is_v6())) {
    endpoints.emplace_back(address, port);
  }
  if (!endpoints.empty()) co_return Names(std::move(endpoints));
  name_wait_ = std::make_shared<NameWait>(executor_);
  Names names = co_await names_.find(name_wait_, deadline_config_.connect);
  name_wait_.reset();
  co_return names;
}

void Http1Session::begin_connection() {
  parser_ = http1::ResponseParser(limits_);
  closed_ = CloseCause::open;
  answered_any_ = false;
  pipelined_ = false;
  sent_after_idle_ = false;
  heard_since_idle_ = false;
}

std::size_t Http1Session::capacity() const noexcept {
  if (closed_ != CloseCause::open || !stream_->writable() || stream_->is_retiring()) return 0;
  const std::size_t window = must_prove_ ? 1 : host_depth_.depth();
  return window > in_flight_.size() ? window - in_flight_.size() : 0;
}

void Http1Session::submit(const Request& request) {
  assert(capacity() > 0);
  if (in_flight_.empty()) {
    sent_after_idle_ = answered_any_;
    heard_since_idle_ = false;
    expect_by(Clock::now() + deadline_config_.response);
  }
  pipelined_ = pipelined_ || !in_flight_.empty();
  in_flight_.push(request.tag);
  http1::append_request(stream_->outgoing(), request, fixed_headers_);
}

asio::awaitable<Received> Http1Session::next() {
  responses_.clear();
  // A closed session may be asked for its cause, one time.
  while (closed_ == CloseCause::open && responses_.empty()) {
    const ReadResult read = co_await stream_->read(parser_);
    if (closed_ != CloseCause::open) break;
    if (read.end == ReadEnd::data) {
      parse_responses();
    } else {
      take_end(read);
    }
  }
  Received received;
  if (closed_ != CloseCause::open) received = last_received();
  received.responses = responses_;
  co_return received;
}

void Http1Session::parse_responses() {
  const auto response_due = Clock::now() + deadline_config_.response;
  Response response;
  while (!in_flight_.empty()) {
    const auto step = parser_.next(response);
    if (step == http1::ResponseParser::Step::need_more) return;
    if (step == http1::ResponseParser::Step::error) return end(CloseCause::protocol, std::string(parser_.error()));
    const Unanswered request = in_flight_.pop();
    responses_.emplace_back(request.tag, response);
    if (request.behind_another && !response.close) host_depth_.stood();
    answered_any_ = true;
    heard_since_idle_ = true;
    must_prove_ = false;
    deadline_ = in_flight_.empty() ? Clock::time_point::max() : response_due;
    if (response.close) return end(CloseCause::announced, "the server announced that it closes the connection");
  }
  if (!parser_.idle()) return end(CloseCause::protocol, "the server sent bytes that were not requested");
  if (stream_->is_retiring())
    end(CloseCause::announced, "the server asked for another TLS handshake, which amend refuses");
}

void Http1Session::take_end(const ReadResult& read) {
  if (read.end == ReadEnd::refused) return end(CloseCause::refused, read.text);
  if (read.end == ReadEnd::failed) return end(CloseCause::lost, read.text);
  if (read.end == ReadEnd::truncated)
    return end(parser_.idle() ? CloseCause::ended : CloseCause::lost, "the server closed the connection");
  Response response;
  if (!in_flight_.empty() && parser_.finish(response) == http1::ResponseParser::Step::response) {
    responses_.emplace_back(in_flight_.pop().tag, response);
    answered_any_ = heard_since_idle_ = true;
    // The connection ends the body, so its end is the announcement.
    return end(CloseCause::announced, "the server ended its response by closing the connection");
  }
  end(CloseCause::ended, "the server closed the connection");
}

void Http1Session::end(CloseCause cause, std::string text) {
  if (closed_ != CloseCause::open) return;
  closed_ = cause;
  close_text_ = std::move(text);
  deadline_ = Clock::time_point::max();
  if (cause != CloseCause::announced && cause != CloseCause::local) must_prove_ = true;
  if (cause != CloseCause::local && pipelined_ && answered_any_) depth_fell_ = host_depth_.ended();
  if (answered_any_) stream_->remember_session();
  stream_->close();
}

void Http1Session::close() {
  give_up_opening_ = true;
  if (name_wait_) name_wait_->timer.cancel();
  connector_.give_up();
  end(CloseCause::local, "closed by us");
  watchdog_.cancel();
  watching_ = false;
}

Received Http1Session::last_received() {
  unanswered_.clear();
  while (!in_flight_.empty()) unanswered_.push_back(in_flight_.pop().tag);
  Received received;
  received.closed = closed_;
  received.depth_fell = std::exchange(depth_fell_, false);
  received.unanswered = unanswered_;
  received.text = close_text_;
  received.idle_race = (closed_ == CloseCause::ended || closed_ == CloseCause::lost) && sent_after_idle_ &&
                       !heard_since_idle_ && parser_.idle();
  return received;
}

void Http1Session::expect_by(Clock::time_point deadline) {
  deadline_ = deadline;
  if (!watching_ || deadline_ < watchdog_.expiry()) watch();
}

// One lazy timer per connection. When it fires, it compares the deadline, so that it is not set for each request.
void Http1Session::watch() {
  watching_ = true;
  watchdog_.expires_at(deadline_);  // an earlier wait ends with operation_aborted and is ignored
  watchdog_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    watching_ = false;
    on_deadline();
  });
}

void Http1Session::on_deadline() {
  if (deadline_ == Clock::time_point::max()) return;
  if (Clock::now() < deadline_) return watch();
  end(CloseCause::timeout, "no complete response within --timeout");
}

class Http1Transport final : public Transport {
 public:
  Http1Transport(const Target& target, const TargetConfig& config, const DeadlineConfig& deadline, std::size_t depth,
                 const std::string& user_headers)
      : target_(target),
        config_(config),
        deadline_(deadline),
        depth_(depth),
        host_depth_(depth),
        names_(connect_host(target), connect_port(target), config.ipv4_only ? AddressFamily::ipv4 : AddressFamily::any),
        fixed_headers_("Host: " + target.authority + "\r\n" + user_headers) {
    if (target.tls) tls_ = std::make_unique<TlsContext>(target, config);
  }

  std::unique_ptr<Session> make_session(const asio::any_io_executor& executor) override {
    return std::make_unique<Http1Session>(executor, target_, config_, deadline_, depth_, host_depth_, names_,
                                          addresses_, fixed_headers_, tls_.get());
  }

 private:
  Target target_;
  TargetConfig config_;
  DeadlineConfig deadline_;
  std::size_t depth_;
  PipelineDepth host_depth_;
  NameLookup names_;
  AddressMemory addresses_;
  std::string fixed_headers_;
  std::unique_ptr<TlsContext> tls_;
};

}  // namespace

std::unique_ptr<Transport> make_http1_transport(const Target& target, const TargetConfig& config,
                                                const DeadlineConfig& deadline, std::size_t depth,
                                                const std::string& user_headers) {
  return std::make_unique<Http1Transport>(target, config, deadline, depth, user_headers);
}

}  // namespace amend
