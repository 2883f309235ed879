// What a response means (src/wonder/README.md §4, card rule of §1). Layer 1: pure, no clock, no I/O. One judge per
// worker thread.
//
// It says what the answer is, not what to do about it: that is the retry policy's.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "amend/row/response.hpp"

namespace amend::wonder {

/// Every answer has exactly one meaning, whatever its status and body.
enum class Meaning : std::uint8_t {
  success,       ///< 2xx, ours, the right customer; may carry a warning
  card_refused,  ///< as success, but the card that this row sent could not be bound: applied, not retried
  refused,       ///< the API says no to this row: any other 3xx, 4xx or 5xx, or an error code inside a 2xx
  credentials,   ///< the API's own 401 or 403
  transient,     ///< the API's own 408, 425, 429, 500, 502, 503, 504, 520 to 530
  unusable,      ///< the API's own 2xx without a customer; also a status that is not a final one
  gateway,   ///< any final status whose body is not the API's envelope (envelope.hpp): it says nothing about the row
  mismatch,  ///< 2xx about another customer
  guard_mismatch,  ///< the right uuid with another reference_number than the row's (--guard)
  go_on,           ///< 2xx to the first request of several that a row needs: its next one follows
  unchanged,       ///< 2xx that shows what the row wants: nothing is to be sent for it
  withheld,        ///< 2xx that shows what the row must not overwrite: nothing is sent for it
};

/// "success", "card_refused", …
std::string_view to_string(Meaning meaning) noexcept;

/// What the status says of a response of the API's own; for a 2xx `success`, as long as the body does not object. Total:
/// any number has a meaning.
Meaning meaning_of(std::uint16_t status) noexcept;

/// What was asked for. Views into the caller's memory.
class Expectation {
 public:
  Expectation(std::string_view id_, bool sends_token_, std::optional<std::string_view> guard_ = std::nullopt) noexcept
      : id(id_), sends_token(sends_token_), guard(guard_) {}

  std::string_view id;                    ///< the customer's uuid, compared without ASCII case
  bool sends_token;                       ///< the body held a default_payment_token
  std::optional<std::string_view> guard;  ///< the reference_number the answer must show
};

/// `code` and `text` are empty on success; `warning` is only ever set on success.
/// `code` is the API's own (at most 64 bytes) or one of `own_codes()`; `text` at most 300 bytes; both printable.
class Judgement {
 public:
  Judgement() = default;
  explicit Judgement(Meaning meaning_) noexcept : meaning(meaning_) {}
  Judgement(Meaning meaning_, std::string code_, std::string text_)
      : meaning(meaning_), code(std::move(code_)), text(std::move(text_)) {}

  Meaning meaning = Meaning::success;
  std::string code;
  std::string text;
  std::string warning;
  std::uint8_t drift = 0;        ///< Remark::drift
  std::uint64_t drift_mark = 0;  ///< the same
};

/// Reads answers without building a document: no allocation for a plain success once its buffers have grown. One of 625
/// bytes without escapes or arrays costs 0.13 µs, others 0.3 to 0.4.
/// JSON nested deeper than 32 counts as not JSON. A 2xx that contains a deciding member twice is unusable: it
/// contradicts itself.
class AnswerJudge {
 public:
  AnswerJudge();
  ~AnswerJudge();
  AnswerJudge(AnswerJudge&&) noexcept;
  AnswerJudge& operator=(AnswerJudge&&) noexcept;

  Judgement judge(const Response& response, const Expectation& expected);

  /// For calls whose answer has no customer (echo): success is a 2xx JSON object without an error code. Any other
  /// response that is not the API's envelope is a gateway response.
  Judgement judge_echo(const Response& response);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::wonder
