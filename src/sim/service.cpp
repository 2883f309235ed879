#include "service.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <utility>

#include "row/utc_time.hpp"
#include "wonder/routes.hpp"

namespace amend::sim {
namespace {

constexpr std::string_view interim_response = "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n";
constexpr std::string_view gateway_page =
    "<html>\r\n<head><title>Error</title></head>\r\n<body>\r\n<center><h1>Gateway error</h1></center>\r\n</body>\r\n"
    "</html>\r\n";

std::string_view reason_phrase(std::uint16_t status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

// Changes the first hexadecimal digit after `"uuid":"`.
void change_uuid(std::string& body) {
  constexpr std::string_view key = R"("uuid":")";
  const auto at = body.find(key);
  if (at == std::string::npos || at + key.size() >= body.size()) return;
  char& digit = body[at + key.size()];
  digit = digit == '0' ? '1' : '0';
}

void spoil(ApiResponse& response, Fault fault) {
  if (response.status != 200) return;
  if (fault == Fault::bad_json) response.body.resize(response.body.size() / 2);
  if (fault == Fault::html) response.body = gateway_page;
  if (fault == Fault::wrong_uuid) change_uuid(response.body);
}

// IMF-fixdate (RFC 9110 §5.6.7).
std::string http_date(std::chrono::system_clock::time_point at) { return utc_text(at, "%a, %d %b %Y %H:%M:%S GMT"); }

bool is_before(Fault fault) { return fault == Fault::reset_before || fault == Fault::hang_before; }
bool is_reset(Fault fault) { return fault == Fault::reset_before || fault == Fault::reset_after; }
bool is_hang(Fault fault) { return fault == Fault::hang_before || fault == Fault::hang_after; }

}  // namespace

Service::Service(CustomerStore& store, ServiceRules rules, std::optional<SignatureCheck> check)
    : rules_(std::move(rules)), handler_(store, rules_.api), check_(std::move(check)) {}

Reply Service::serve(const ApiRequest& request, const Arrival& arrival) {
  Reply reply;
  reply.entry = ignore(request, arrival);
  FaultDecision decision = rules_.faults.decide(reply.entry.ordinal);
  // Shares of faults concern customers, so an echo finds the API healthy.
  if (request.target == wonder::echo_path) decision.fault = Fault::none;
  if (decision.fault == Fault::reject_pipelined && !arrival.pipelined) decision.fault = Fault::none;
  reply.entry.fault = decision.fault;
  reply.delay = decision.delay;

  const Time now = arrival.at + rules_.clock_offset;
  ApiResponse made;
  if (!is_before(decision.fault)) made = response(request, decision, reply.entry.ordinal, now);
  reply.delay += made.work;
  if (rules_.stall) reply.delay = rules_.stall->held(since_first(now), reply.delay);
  reply.entry.applied = made.applied;
  if (is_reset(decision.fault)) reply.ending = Ending::reset;
  if (is_hang(decision.fault)) reply.ending = Ending::hang;
  if (reply.ending != Ending::keep) return reply;

  const bool announced = announces_close(request, arrival) || decision.fault == Fault::reject_pipelined;
  finish(reply, std::move(made), decision, announced, request.method == "HEAD", now);
  if (arrival.n == rules_.close_after_silently) reply.ending = Ending::fin;
  return reply;
}

LogEntry Service::ignore(const ApiRequest& request, const Arrival& arrival) {
  LogEntry entry;
  entry.ordinal = ++ordinal_;
  entry.at = arrival.at;
  entry.connection = arrival.connection;
  entry.n = arrival.n;
  entry.method = request.method;
  entry.target = request.target;
  entry.request_id = request.request_id;
  if (rules_.hash_bodies) entry.body_sha256 = hasher_.hex(request.body);
  return entry;
}

std::string Service::reject(std::uint16_t status, Time at) {
  std::string out;
  append_response(out, refusal(status, "E000001", "Malformed request."), true, at + rules_.clock_offset);
  return out;
}

ApiResponse Service::response(const ApiRequest& request, const FaultDecision& decision, std::uint64_t ordinal,
                              Time now) {
  if (decision.fault == Fault::reject_pipelined) return refusal(400, "E000001", "Bad request.");
  if (rules_.auth_fail_after != 0 && ordinal >= rules_.auth_fail_after) {
    return refusal(401, "E000006", "Invalid Signature.");
  }
  if (check_) {
    if (auto refused = check_->refuse(request, now)) return *std::move(refused);
  }
  const auto since = since_first(now);
  if (is_unavailable(since)) return error_response(503, now);
  // It gives no rate hints, not even those of the other limit.
  if (!rules_.hidden_limit.take(since)) return refusal(429, "E000429", "Too many requests.");
  const bool beyond = rules_.quota && !rules_.quota->take(now);
  ApiResponse made = beyond ? error_response(429, now) : worked_response(request, decision, now);
  if (rules_.quota) add_quota_fields(made, now);
  return made;
}

ApiResponse Service::worked_response(const ApiRequest& request, const FaultDecision& decision, Time now) {
  const auto work = rules_.capacity ? rules_.capacity->admit(now) : std::chrono::nanoseconds(0);
  if (!work) return error_response(503, now);
  ApiResponse made =
      decision.fault == Fault::status ? error_response(decision.status, now) : handler_.response(request);
  made.work = *work;
  return made;
}

std::chrono::nanoseconds Service::since_first(Time now) {
  if (!first_at_) first_at_ = now;
  return now - *first_at_;
}

bool Service::is_unavailable(std::chrono::nanoseconds since) const {
  return std::ranges::any_of(rules_.unavailable,
                             [since](const auto& window) { return since >= window.first && since < window.second; });
}

ApiResponse Service::error_response(std::uint16_t status, Time now) const {
  // 502 to 504 come from a gateway that does not know the API's JSON.
  ApiResponse made = status >= 502 && status <= 504
                         ? ApiResponse(status, std::string(gateway_page))
                         : refusal(status, fmt::format("E000{}", status), "Try again later.");
  if (status == 429 || status == 503) made.headers += retry_after_field(status, now);
  return made;
}

std::string Service::retry_after_field(std::uint16_t status, Time now) const {
  const RetryAfter& retry = rules_.retry_after;
  switch (retry.form) {
    case RetryAfter::Form::of_quota:
      if (status != 429 || !rules_.quota) return {};
      return fmt::format("Retry-After: {}\r\n", rules_.quota->reset_in(now).count());
    case RetryAfter::Form::none: return {};
    case RetryAfter::Form::seconds: return fmt::format("Retry-After: {}\r\n", retry.wait.count());
    case RetryAfter::Form::date: return fmt::format("Retry-After: {}\r\n", http_date(now + retry.wait));
    case RetryAfter::Form::raw: return fmt::format("Retry-After: {}\r\n", retry.text);
  }
  return {};
}

void Service::add_quota_fields(ApiResponse& response, Time now) const {
  const RequestQuota& quota = *rules_.quota;
  const auto add_three = [&](std::string_view start, std::chrono::seconds reset) {
    response.headers += fmt::format("{0}-Limit: {1}\r\n{0}-Remaining: {2}\r\n{0}-Reset: {3}\r\n", start, quota.limit(),
                                    quota.remaining(), reset.count());
  };
  switch (rules_.rate_fields) {
    case RateFields::ietf:
      response.headers +=
          fmt::format("RateLimit-Policy: \"default\";q={};w={}\r\nRateLimit: \"default\";r={};t={}\r\n", quota.limit(),
                      quota.window().count(), quota.remaining(), quota.reset_in(now).count());
      break;
    case RateFields::legacy: add_three("RateLimit", quota.reset_in(now)); break;
    case RateFields::x: add_three("X-RateLimit", quota.reset_at(now).time_since_epoch()); break;
    case RateFields::none: break;
  }
}

bool Service::announces_close(const ApiRequest& request, const Arrival& arrival) const {
  return !request.keep_alive || arrival.n == rules_.close_after;
}

void Service::finish(Reply& reply, ApiResponse response, const FaultDecision& decision, bool announced, bool head_only,
                     Time now) {
  spoil(response, decision.fault);
  if (decision.interim) reply.bytes += interim_response;
  append_response(reply.bytes, response, announced, now);
  if (head_only) reply.bytes.resize(reply.bytes.size() - response.body.size());
  if (decision.extra_response) append_response(reply.bytes, response, announced, now);
  if (decision.fault == Fault::truncate) reply.bytes.resize(reply.bytes.size() - (response.body.size() + 1) / 2);
  if (announced || decision.fault == Fault::truncate) reply.ending = Ending::fin;
  reply.entry.status = response.status;
}

void Service::append_response(std::string& out, const ApiResponse& response, bool closing, Time now) {
  const std::time_t second = std::chrono::system_clock::to_time_t(now);
  if (second != date_second_) {
    date_ = http_date(now);
    date_second_ = second;
  }
  const std::string_view type = response.body.starts_with('<') ? "text/html" : "application/json";
  out += fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}{}\r\n{}",
                     response.status, reason_phrase(response.status), date_, type, response.body.size(),
                     response.headers, closing ? "Connection: close\r\n" : "", response.body);
}

}  // namespace amend::sim
