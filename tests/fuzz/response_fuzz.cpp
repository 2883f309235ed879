// Any bytes as the body of an answer: the glance and the full rule agree, whatever the row expects and the status is.
#include <string>

#include "target.hpp"
#include "wonder/fast_path.hpp"
#include "wonder/response_rule.hpp"

using namespace amend;
using namespace amend::wonder;
using fuzz::require;

namespace {

constexpr std::uint16_t statuses[] = {200, 201, 204, 299, 302, 400, 401, 429, 503, 0};

Expectation expectation(fuzz::Dice& dice) {
  constexpr std::string_view id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
  const bool sends_token = dice.below(2) == 1;
  switch (dice.below(3)) {
    case 0: return Expectation(id, sends_token, "C-1");
    case 1: return Expectation(id, sends_token, "");
    default: return Expectation(id, sends_token);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Dice dice(std::string_view(reinterpret_cast<const char*>(data), size));
  const Expectation expected = expectation(dice);
  Response response;
  response.status = statuses[dice.below(std::size(statuses))];
  response.body = dice.rest();
  ResponseClassifier classify;
  ResponseReader reader;
  const Classification judged = classify.classify(response, expected);
  const Classification right = classify_by_rule(reader, response, expected);
  require(judged.response_class == right.response_class, "the same meaning");
  require(judged.code == right.code && judged.text == right.text, "in the same words");
  require(judged.warning == right.warning, "with the same warning");
  response.status = 200;
  const Classification success = classify_by_rule(reader, response, expected);
  if (is_plain_success(response.body, expected))
    require(success.response_class == ResponseClass::success && success.warning.empty(),
            "the glance is never laxer than the rule");
  return 0;
}
