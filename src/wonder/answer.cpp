#include "wonder/answer.hpp"

#include <array>
#include <charconv>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "answer_glance.hpp"
#include "answer_reader.hpp"
#include "answer_rule.hpp"
#include "wonder/status_text.hpp"

namespace amend::wonder {
namespace {

constexpr std::size_t code_bytes_max = 64;

bool is_2xx(std::uint16_t status) noexcept { return status >= 200 && status <= 299; }

std::string http_code(std::uint16_t status) { return "http." + std::to_string(status); }

// 200.0 and 2e2 are also the number 200.
bool is_number(const Value& value, double number) noexcept {
  if (value.kind != Kind::number) return false;
  double read = 0;
  const char* const end = value.text.data() + value.text.size();
  const auto result = std::from_chars(value.text.data(), end, read);
  return result.ec == std::errc() && result.ptr == end && read == number;
}

bool is_0_or_200(const Value& code) noexcept {
  if (code.kind == Kind::string) return code.text == "0" || code.text == "200";
  return is_number(code, 0) || is_number(code, 200);
}

// The documentation shows 0; a sister endpoint and Wonder's own SDK show 200 (src/wonder/README.md §4).
bool says_success(const Value& code) noexcept {
  return code.kind == Kind::absent || code.kind == Kind::null || is_0_or_200(code);
}

bool says_no_error(const Value& error_code) noexcept { return error_code.is_empty() || is_number(error_code, 0); }

// Whether a value can be an error code in the log. 0 and 200 would look like success there.
bool names_error(const Value& code) noexcept {
  const bool scalar = code.kind == Kind::string || code.kind == Kind::number;
  return scalar && !code.text.empty() && !is_0_or_200(code);
}

std::string first_text(const Value& first, const Value& second) {
  if (first.kind == Kind::string && !first.text.empty()) return printable(first.text);
  if (second.kind == Kind::string && !second.text.empty()) return printable(second.text);
  return {};
}

Judgement api_refusal(Meaning meaning, std::uint16_t status, const AnswerReader& answer) {
  const Value& message = answer[Member::message];
  const Value& error_message = answer[Member::error_message];
  const bool by_code = names_error(answer[Member::code]);
  const bool by_error_code = !by_code && names_error(answer[Member::error_code]);
  Judgement out(meaning);
  if (by_code) out.code = printable(answer[Member::code].text, code_bytes_max);
  if (by_error_code) out.code = printable(answer[Member::error_code].text, code_bytes_max);
  if (out.code.empty()) out.code = http_code(status);
  out.text = by_error_code ? first_text(error_message, message) : first_text(message, error_message);
  if (out.text.empty()) out.text = text_without_message(status);
  return out;
}

Judgement gateway_response(const Response& response, const AnswerReader& answer) {
  std::string code = http_code(response.status);
  if (is_2xx(response.status)) code = answer.is_json() ? "answer.not_customer" : "answer.not_json";
  return Judgement(Meaning::gateway, std::move(code), describe_gateway_response(response, answer));
}

Judgement not_customer(std::string_view why) {
  return Judgement(Meaning::unusable, "answer.not_customer", std::string(why));
}

Judgement contradictory(Member twice) {
  return Judgement(
      Meaning::unusable, "answer.contradictory",
      "the response contains \"" + std::string(to_string(twice)) + "\" twice: amend cannot know which value is right");
}

bool guard_holds(const Value& reference_number, const Expectation& expected) noexcept {
  if (!expected.guard) return true;
  const bool scalar = reference_number.kind == Kind::string || reference_number.kind == Kind::number;
  return scalar && reference_number.text == *expected.guard;
}

// Only the card can be at fault here: the profile was updated.
Judgement judge_card(std::uint16_t status, const AnswerReader& answer, const Expectation& expected) {
  const Value& error = answer[Member::token_error_code];
  if (says_no_error(error)) return Judgement(Meaning::success);
  const bool scalar = error.kind == Kind::string || error.kind == Kind::number;
  std::string code = scalar ? printable(error.text, code_bytes_max) : http_code(status);
  const Value& message = answer[Member::token_error_message];
  std::string text = first_text(message, message);
  if (expected.sends_token) {
    if (text.empty()) text = "the API could not bind the card";
    return Judgement(Meaning::card_refused, std::move(code), std::move(text));
  }
  Judgement out(Meaning::success);
  out.warning = printable("card on file: " + code + (text.empty() ? "" : " ") + text);
  return out;
}

Judgement judge_customer(std::uint16_t status, const AnswerReader& answer, const Expectation& expected) {
  if (answer[Member::customer].kind != Kind::object) return not_customer("the response contains no data.customer");
  const Value& uuid = answer[Member::uuid];
  if (uuid.kind != Kind::string) return not_customer("data.customer in the response has no uuid");
  if (!same_id(uuid.text, expected.id)) {
    return Judgement(Meaning::mismatch, "answer.uuid_mismatch", "the response is about another customer");
  }
  if (!guard_holds(answer[Member::reference_number], expected)) {
    return Judgement(Meaning::guard_mismatch, "guard.mismatch",
                     "the customer's reference_number differs from the one in the row");
  }
  return judge_card(status, answer, expected);
}

bool has_error(const AnswerReader& answer) noexcept {
  return !says_success(answer[Member::code]) || !says_no_error(answer[Member::error_code]);
}

}  // namespace

std::string_view to_string(Meaning meaning) noexcept {
  switch (meaning) {
    case Meaning::success: return "success";
    case Meaning::card_refused: return "card_refused";
    case Meaning::refused: return "refused";
    case Meaning::credentials: return "credentials";
    case Meaning::transient: return "transient";
    case Meaning::unusable: return "unusable";
    case Meaning::gateway: return "gateway";
    case Meaning::mismatch: return "mismatch";
    case Meaning::guard_mismatch: return "guard_mismatch";
    case Meaning::go_on: return "go_on";
    case Meaning::unchanged: return "unchanged";
    case Meaning::withheld: return "withheld";
  }
  return "unusable";
}

Meaning meaning_of(std::uint16_t status) noexcept {
  constexpr std::array<std::uint16_t, 7> transient{408, 425, 429, 500, 502, 503, 504};
  if (is_2xx(status)) return Meaning::success;
  if (status == 401 || status == 403) return Meaning::credentials;
  // 520 to 530 come from a proxy in front of the API that had a problem with it.
  if (status >= 520 && status <= 530) return Meaning::transient;
  for (const std::uint16_t code : transient) {
    if (status == code) return Meaning::transient;
  }
  return status >= 300 && status <= 599 ? Meaning::refused : Meaning::unusable;
}

Judgement judge_by_rule(AnswerReader& reader, const Response& response, const Expectation& expected) {
  const Meaning meaning = meaning_of(response.status);
  reader.read(response.body);
  if (meaning == Meaning::success && reader.twice() != Member::none) return contradictory(reader.twice());
  if (!is_api_envelope(reader)) return gateway_response(response, reader);
  if (meaning != Meaning::success) return api_refusal(meaning, response.status, reader);
  if (has_error(reader)) return api_refusal(Meaning::refused, response.status, reader);
  return judge_customer(response.status, reader, expected);
}

class AnswerJudge::Impl {
 public:
  AnswerReader reader;
};

AnswerJudge::AnswerJudge() : impl_(std::make_unique<Impl>()) {}
AnswerJudge::~AnswerJudge() = default;
AnswerJudge::AnswerJudge(AnswerJudge&&) noexcept = default;
AnswerJudge& AnswerJudge::operator=(AnswerJudge&&) noexcept = default;

Judgement AnswerJudge::judge(const Response& response, const Expectation& expected) {
  if (is_2xx(response.status) && is_plain_success(response.body, expected)) return Judgement(Meaning::success);
  return judge_by_rule(impl_->reader, response, expected);
}

Judgement AnswerJudge::judge_echo(const Response& response) {
  const Meaning meaning = meaning_of(response.status);
  AnswerReader& reader = impl_->reader;
  const bool object = reader.read(response.body) && reader.root() == Kind::object;
  if (meaning == Meaning::success && reader.twice() != Member::none) return contradictory(reader.twice());
  const bool says_yes = object && is_2xx(response.status) && !has_error(reader);
  if (says_yes) return Judgement(Meaning::success);
  if (!is_api_envelope(reader)) return gateway_response(response, reader);
  return api_refusal(meaning == Meaning::success ? Meaning::refused : meaning, response.status, reader);
}

}  // namespace amend::wonder
