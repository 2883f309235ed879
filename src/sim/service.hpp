// Turns a request into the bytes of its response: signature, rate limit, API and faults together. One thread. Pure
// except for the store and the memory of its parts: time and the place on the connection are arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/api/api_handler.hpp"
#include "sim/api/api_request.hpp"
#include "sim/api/request_log.hpp"
#include "sim/api/signature_check.hpp"
#include "sim/faults/capacity.hpp"
#include "sim/faults/fault_plan.hpp"
#include "sim/faults/hidden_limit.hpp"

namespace amend::sim {

/// The Retry-After field of 429 and 503 responses.
class RetryAfter {
 public:
  enum class Form : std::uint8_t {
    of_quota,  ///< only on a 429 of the rate limit: when its next window begins
    none,
    seconds,
    date,
    raw,
  };
  RetryAfter() = default;

  Form form = Form::of_quota;
  std::chrono::seconds wait{2};
  std::string text;  ///< for raw: sent unchanged
};

/// The form of the rate hints.
enum class RateFields : std::uint8_t {
  ietf,    ///< RateLimit and RateLimit-Policy
  legacy,  ///< RateLimit-Limit, -Remaining, -Reset (seconds), of older drafts
  x,       ///< X-RateLimit-Limit, -Remaining, -Reset (seconds since 1970)
  none,
};

class ServiceRules {
 public:
  ServiceRules() = default;

  ApiRules api;
  FaultPlan faults;
  std::optional<Stall> stall;
  std::optional<RequestQuota> quota;
  RateFields rate_fields = RateFields::ietf;
  HiddenLimit hidden_limit;
  std::optional<Capacity> capacity;
  RetryAfter retry_after;
  std::uint64_t close_after = 0;           ///< the N-th response of a connection announces its end; 0: never
  std::uint64_t close_after_silently = 0;  ///< the same without an announcement
  std::uint64_t auth_fail_after = 0;       ///< from this ordinal on, all are 401; 0: never
  std::chrono::seconds clock_offset{0};    ///< of the server's clock: Date, the signature's window, rate windows
  /// 503 to every request between these times after the first one.
  std::vector<std::pair<std::chrono::milliseconds, std::chrono::milliseconds>> unavailable;
  bool hash_bodies = false;  ///< log entries have body_sha256
};

/// The time and place of a request's arrival.
class Arrival {
 public:
  Arrival(std::chrono::system_clock::time_point at_, std::uint64_t connection_, std::uint64_t n_,
          bool pipelined_) noexcept
      : at(at_), connection(connection_), n(n_), pipelined(pipelined_) {}

  std::chrono::system_clock::time_point at;
  std::uint64_t connection;
  std::uint64_t n;  ///< ordinal on the connection, from 1
  bool pipelined;   ///< others are unanswered, or already received, on its connection
};

/// What happens to the connection after a response.
enum class Ending : std::uint8_t { keep, fin, reset, hang };

class Reply {
 public:
  Reply() = default;

  std::string bytes;  ///< all bytes to send; empty for reset and hang
  Ending ending = Ending::keep;
  std::chrono::nanoseconds delay{0};
  LogEntry entry;
};

class Service {
 public:
  /// Without `check`, signatures are not verified. `store` outlives the service.
  Service(CustomerStore& store, ServiceRules rules, std::optional<SignatureCheck> check);

  Reply serve(const ApiRequest& request, const Arrival& arrival);

  /// For a request that is read after its connection ended: counted and logged, not executed.
  LogEntry ignore(const ApiRequest& request, const Arrival& arrival);

  /// For bytes that are not a request: a response that closes.
  std::string reject(std::uint16_t status, std::chrono::system_clock::time_point at);

 private:
  using Time = std::chrono::system_clock::time_point;

  ApiResponse response(const ApiRequest& request, const FaultDecision& decision, std::uint64_t ordinal, Time now);
  ApiResponse worked_response(const ApiRequest& request, const FaultDecision& decision, Time now);
  std::chrono::nanoseconds since_first(Time now);
  bool is_unavailable(std::chrono::nanoseconds since) const;
  ApiResponse error_response(std::uint16_t status, Time now) const;
  std::string retry_after_field(std::uint16_t status, Time now) const;
  void add_quota_fields(ApiResponse& response, Time now) const;
  bool announces_close(const ApiRequest& request, const Arrival& arrival) const;
  void finish(Reply& reply, ApiResponse response, const FaultDecision& decision, bool announced, bool head_only,
              Time now);
  void append_response(std::string& out, const ApiResponse& response, bool closing, Time now);

  ServiceRules rules_;
  ApiHandler handler_;
  std::optional<SignatureCheck> check_;
  BodyHasher hasher_;
  std::uint64_t ordinal_ = 0;
  std::optional<Time> first_at_;
  std::time_t date_second_ = -1;
  std::string date_;
};

}  // namespace amend::sim
