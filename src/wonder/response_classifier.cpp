#include "wonder/response_classifier.hpp"

#include <array>
#include <charconv>

#include "amend/error.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "fast_path.hpp"
#include "response_reader.hpp"
#include "response_rule.hpp"
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

Classification api_refusal(ResponseClass response_class, std::uint16_t status, const ResponseReader& answer) {
  const Value& message = answer[Member::message];
  const Value& error_message = answer[Member::error_message];
  const bool by_code = names_error(answer[Member::code]);
  const bool by_error_code = !by_code && names_error(answer[Member::error_code]);
  Classification out(response_class);
  if (by_code) out.code = printable(answer[Member::code].text, code_bytes_max);
  if (by_error_code) out.code = printable(answer[Member::error_code].text, code_bytes_max);
  if (out.code.empty()) out.code = http_code(status);
  out.text = by_error_code ? first_text(error_message, message) : first_text(message, error_message);
  if (out.text.empty()) out.text = text_without_message(status);
  return out;
}

Classification gateway_response(const Response& response, const ResponseReader& answer) {
  std::string code = http_code(response.status);
  if (is_2xx(response.status)) code = answer.is_json() ? "answer.not_customer" : "answer.not_json";
  return Classification(ResponseClass::gateway, std::move(code), describe_gateway_response(response, answer));
}

Classification not_customer(std::string_view why) {
  return Classification(ResponseClass::unusable, "answer.not_customer", std::string(why));
}

Classification contradictory(Member twice) {
  return Classification(
      ResponseClass::unusable, "answer.contradictory",
      "the response contains \"" + std::string(to_string(twice)) + "\" twice: amend cannot know which value is right");
}

bool guard_holds(const Value& reference_number, const Expectation& expected) noexcept {
  if (!expected.guard) return true;
  const bool scalar = reference_number.kind == Kind::string || reference_number.kind == Kind::number;
  return scalar && reference_number.text == *expected.guard;
}

// Only the card can be at fault here: the profile was updated.
Classification classify_card(std::uint16_t status, const ResponseReader& answer, const Expectation& expected) {
  const Value& error = answer[Member::token_error_code];
  if (says_no_error(error)) return Classification(ResponseClass::success);
  const bool scalar = error.kind == Kind::string || error.kind == Kind::number;
  std::string code = scalar ? printable(error.text, code_bytes_max) : http_code(status);
  const Value& message = answer[Member::token_error_message];
  std::string text = first_text(message, message);
  if (expected.sends_token) {
    if (text.empty()) text = "the API could not bind the card";
    return Classification(ResponseClass::card_refused, std::move(code), std::move(text));
  }
  Classification out(ResponseClass::success);
  out.warning = printable("card on file: " + code + (text.empty() ? "" : " ") + text);
  return out;
}

Classification classify_customer(std::uint16_t status, const ResponseReader& answer, const Expectation& expected) {
  if (answer[Member::customer].kind != Kind::object) return not_customer("the response contains no data.customer");
  const Value& uuid = answer[Member::uuid];
  if (uuid.kind != Kind::string) return not_customer("data.customer in the response has no uuid");
  if (!same_id(uuid.text, expected.id)) {
    return Classification(ResponseClass::mismatch, "answer.uuid_mismatch", "the response is about another customer");
  }
  if (!guard_holds(answer[Member::reference_number], expected)) {
    return Classification(ResponseClass::guard_mismatch, "guard.mismatch",
                          "the customer's reference_number differs from the one in the row");
  }
  return classify_card(status, answer, expected);
}

bool has_error(const ResponseReader& answer) noexcept {
  return !says_success(answer[Member::code]) || !says_no_error(answer[Member::error_code]);
}

}  // namespace

std::string_view to_string(ResponseClass response_class) noexcept {
  switch (response_class) {
    case ResponseClass::success: return "success";
    case ResponseClass::card_refused: return "card_refused";
    case ResponseClass::refused: return "refused";
    case ResponseClass::credentials: return "credentials";
    case ResponseClass::transient: return "transient";
    case ResponseClass::unusable: return "unusable";
    case ResponseClass::gateway: return "gateway";
    case ResponseClass::mismatch: return "mismatch";
    case ResponseClass::guard_mismatch: return "guard_mismatch";
    case ResponseClass::next_request: return "next_request";
    case ResponseClass::unchanged: return "unchanged";
    case ResponseClass::withheld: return "withheld";
  }
  return "unusable";
}

ResponseClass class_of(std::uint16_t status) noexcept {
  constexpr std::array<std::uint16_t, 7> transient{408, 425, 429, 500, 502, 503, 504};
  if (is_2xx(status)) return ResponseClass::success;
  if (status == 401 || status == 403) return ResponseClass::credentials;
  // 520 to 530 come from a proxy in front of the API that had a problem with it.
  if (status >= 520 && status <= 530) return ResponseClass::transient;
  for (const std::uint16_t code : transient) {
    if (status == code) return ResponseClass::transient;
  }
  return status >= 300 && status <= 599 ? ResponseClass::refused : ResponseClass::unusable;
}

Classification classify_by_rule(ResponseReader& reader, const Response& response, const Expectation& expected) {
  const ResponseClass response_class = class_of(response.status);
  reader.read(response.body);
  if (response_class == ResponseClass::success && reader.twice() != Member::none) return contradictory(reader.twice());
  if (!is_api_envelope(reader)) return gateway_response(response, reader);
  if (response_class != ResponseClass::success) return api_refusal(response_class, response.status, reader);
  if (has_error(reader)) return api_refusal(ResponseClass::refused, response.status, reader);
  return classify_customer(response.status, reader, expected);
}

class ResponseClassifier::Impl {
 public:
  ResponseReader reader;
};

ResponseClassifier::ResponseClassifier() : impl_(std::make_unique<Impl>()) {}
ResponseClassifier::~ResponseClassifier() = default;
ResponseClassifier::ResponseClassifier(ResponseClassifier&&) noexcept = default;
ResponseClassifier& ResponseClassifier::operator=(ResponseClassifier&&) noexcept = default;

Classification ResponseClassifier::classify(const Response& response, const Expectation& expected) {
  if (is_2xx(response.status) && is_plain_success(response.body, expected))
    return Classification(ResponseClass::success);
  return classify_by_rule(impl_->reader, response, expected);
}

Classification ResponseClassifier::classify_echo(const Response& response) {
  const ResponseClass response_class = class_of(response.status);
  ResponseReader& reader = impl_->reader;
  const bool object = reader.read(response.body) && reader.root() == Kind::object;
  if (response_class == ResponseClass::success && reader.twice() != Member::none) return contradictory(reader.twice());
  const bool says_yes = object && is_2xx(response.status) && !has_error(reader);
  if (says_yes) return Classification(ResponseClass::success);
  if (!is_api_envelope(reader)) return gateway_response(response, reader);
  return api_refusal(response_class == ResponseClass::success ? ResponseClass::refused : response_class,
                     response.status, reader);
}

}  // namespace amend::wonder
