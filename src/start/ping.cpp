#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "amend/ping.hpp"
#include "transport/event_loop.hpp"
#include "transport/http_date.hpp"
#include "transport/transport.hpp"
#include "wonder/gateway_response.hpp"
#include "wonder/response_classifier.hpp"
#include "wonder/routes.hpp"
#include "worker/api_call.hpp"
#include "worker/entropy.hpp"

namespace amend {
namespace {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point then) {
  return std::chrono::duration<double, std::milli>(Clock::now() - then).count();
}

std::string_view code_of(OpenError error) { return is_about_tls(error) ? "tls.handshake" : "transport.connect"; }

void classify(const Response& response, Ping& ping) {
  ping.http = response.status;
  if (const auto date = parse_http_date(response.date)) {
    ping.clock_known = true;
    ping.clock_skew_s = std::chrono::duration<double>(std::chrono::system_clock::now() - *date).count();
  }
  wonder::ResponseClassifier answer_judge;
  const auto classification = answer_judge.classify_echo(response);
  ping.ok = classification.response_class == wonder::ResponseClass::success;
  ping.error_code = classification.code;
  ping.error = classification.text;
  ping.by_gateway = classification.response_class == wonder::ResponseClass::gateway;
  if (ping.by_gateway && !response.body.empty()) ping.error += ", begins " + wonder::masked_start(response.body);
}

asio::awaitable<void> echo(Session& session, const Request& request, Ping& ping) {
  const auto start = Clock::now();
  const Opened opened = co_await session.open();
  ping.connect_ms = ms_since(start);
  ping.address = session.peer();
  if (opened.error != OpenError::none) {
    ping.open_error = opened.error;
    ping.error_code = code_of(opened.error);
    ping.error = opened.text;
    session.close();
    co_return;
  }
  ping.tls = session.security();
  const auto sent = Clock::now();
  session.submit(request);
  session.flush();
  const Received received = co_await session.next();
  ping.answer_ms = ms_since(sent);
  if (received.closed == CloseCause::refused) {
    ping.open_error = OpenError::client_certificate_refused;
    ping.error_code = code_of(ping.open_error);
    ping.error = received.text;
  } else if (received.responses.empty()) {
    ping.error_code = received.closed == CloseCause::timeout ? "transport.timeout" : "transport.closed";
    ping.error = received.text;
  } else {
    classify(received.responses.front().response, ping);
  }
  session.close();
}

}  // namespace

Ping ping(const Config& config, const Credentials& credentials) {
  validate(config);
  const Target target = parse_target(config.target);
  const auto transport =
      make_http1_transport(target, config.target, config.deadline, 1, wonder::fixed_headers(config.version));
  const auto signer = make_signer(config.auth, credentials);
  Entropy entropy;

  Ping ping;
  const RequestId request_id = entropy.request_id();
  ping.request_id = view(request_id);
  const EchoCall call(target.path_prefix + config.target.echo_path);
  Request request = call.request();
  std::string headers = "X-Request-ID: " + ping.request_id + "\r\n";
  signer->append_headers(request, std::chrono::system_clock::now(), headers);
  request.headers = headers;

  asio::io_context io(1);
  const auto session = transport->make_session(io.get_executor());
  std::exception_ptr failure;
  asio::co_spawn(io, echo(*session, request, ping), [&](std::exception_ptr error) { failure = error; });
  run_event_loop(io, failure);
  return ping;
}

}  // namespace amend
