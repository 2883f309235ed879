// Decides what a response means (src/wonder/README.md §4, card rule of §1). Pure: no clock, no I/O.
//
// The retry policy decides what follows from the meaning.
//
// Threads: one judge per worker thread. Source: layer 1.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "row/response.hpp"

namespace amend::wonder {

/// Every response has exactly one meaning, whatever its status and body.
enum class ResponseClass : std::uint8_t {
  success,         ///< 2xx, from the API, the right customer; may have a warning
  card_refused,    ///< as success, but the card of this row could not be bound: applied, not retried
  refused,         ///< the API refuses this row: any other 3xx, 4xx or 5xx, or an error code inside a 2xx
  credentials,     ///< the API's own 401 or 403
  transient,       ///< the API's own 408, 425, 429, 500, 502, 503, 504, 520 to 530
  unusable,        ///< the API's own 2xx without a customer; also a status that is not final
  gateway,         ///< any final status without the API's envelope (envelope.hpp): it decides nothing about the row
  mismatch,        ///< 2xx about another customer
  guard_mismatch,  ///< the right uuid with another reference_number than the row's (--guard)
  next_request,    ///< 2xx to one of several requests that a row needs: the next request follows
  unchanged,       ///< 2xx that shows the row's values: no update is needed
  withheld,        ///< 2xx that shows a value that the row must not overwrite: no update is sent
};

/// The name of the meaning: "success", "card_refused", ….
std::string_view to_string(ResponseClass response_class) noexcept;

/// The meaning of a status in a response of the API; `success` for a 2xx, unless the body contradicts. Any number has a
/// meaning.
ResponseClass class_of(std::uint16_t status) noexcept;

/// The expected response.
///
/// Lifetime: views into the caller's memory.
class Expectation {
 public:
  Expectation(std::string_view id_, bool sends_token_, std::optional<std::string_view> guard_ = std::nullopt) noexcept
      : id(id_), sends_token(sends_token_), guard(guard_) {}

  std::string_view id;                    ///< the customer's uuid, compared without ASCII case
  bool sends_token;                       ///< the body had a default_payment_token
  std::optional<std::string_view> guard;  ///< the reference_number that the response must show
};

/// The meaning of a response, with its details. `code` and `text` are empty on success; `warning` is set only on
/// success. `code` is the API's own (at most 64 bytes) or one of `own_codes()`. `text` has at most 300 bytes. Both are
/// printable.
class Classification {
 public:
  Classification() = default;
  explicit Classification(ResponseClass response_class_) noexcept : response_class(response_class_) {}
  Classification(ResponseClass response_class_, std::string code_, std::string text_)
      : response_class(response_class_), code(std::move(code_)), text(std::move(text_)) {}

  ResponseClass response_class = ResponseClass::success;
  std::string code;
  std::string text;
  std::string warning;
  std::uint8_t drift = 0;        ///< see Remark::drift
  std::uint64_t drift_mark = 0;  ///< see Remark::drift_mark
};

/// Reads responses without building a document. A response of 625 bytes without escapes or arrays costs 0.13 µs, others
/// 0.3 to 0.4.
///
/// A 2xx that contains a deciding member twice contradicts itself, so it is unusable. JSON nested deeper than 32 levels
/// does not count as JSON.
///
/// Bounds: a plain success costs no allocation once the buffers have grown.
class ResponseClassifier {
 public:
  ResponseClassifier();
  ~ResponseClassifier();
  ResponseClassifier(ResponseClassifier&&) noexcept;
  ResponseClassifier& operator=(ResponseClassifier&&) noexcept;

  Classification classify(const Response& response, const Expectation& expected);

  /// For calls whose response has no customer (echo). Success is a 2xx with a JSON object without an error code. Any
  /// other response without the API's envelope is a gateway response.
  Classification classify_echo(const Response& response);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::wonder
