#include "wonder/dial_codes.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace amend::wonder;

namespace {

std::string split(std::string_view phone) {
  const auto parts = split_dialed_number(phone);
  return parts ? std::string(parts->dial_code) + "|" + std::string(parts->number) : "";
}

}  // namespace

TEST_CASE("dial_codes: an international number is its country code and the rest") {
  CHECK(split("+852 1234 5678") == "+852|1234 5678");
  CHECK(split("+85212345678") == "+852|12345678");
  CHECK(split("+1 (212) 555-0100") == "+1|(212) 555-0100");
  CHECK(split("+1-212-555-0100") == "+1|212-555-0100");
  CHECK(split("+7.495.123") == "+7|495.123");
  CHECK(split("+44\xC2\xA0 20 7946") == "+44|20 7946");
  CHECK(split("+49/30/123") == "+49|30/123");
  CHECK(split("+886912345678") == "+886|912345678");
  CHECK(split("+8613800000000") == "+86|13800000000");
}

TEST_CASE("dial_codes: what is not surely an international number is not split") {
  for (const char* phone : {"", "+", "12345678", "0085212345678", "+0123", "+210123", "+852", "+852 - ", "+ 852 1",
                            "(+852) 1234", "tel:+8521234", "+999 1", "+38 1"})
    CHECK_MESSAGE(split(phone).empty(), std::string(phone));
}

TEST_CASE("dial_codes: no country code begins with another one, so every split is the only one") {
  for (int code = 1; code <= 999; ++code) {
    const std::string number = "+" + std::to_string(code) + " 5";
    const auto parts = split_dialed_number(number);
    if (!parts || parts->dial_code.size() != number.size() - 2) continue;
    // Digits appended to a code are never part of it.
    for (int more = 0; more <= 99; ++more)
      CHECK(split_dialed_number("+" + std::to_string(code) + std::to_string(more) + "5")->dial_code ==
            parts->dial_code);
  }
}

TEST_CASE("dial_codes: a dial code may be written with or without its plus") {
  CHECK(same_dial_code("+852", "+852"));
  CHECK(same_dial_code(" 852 ", "+852"));
  CHECK_FALSE(same_dial_code("853", "+852"));
  CHECK_FALSE(same_dial_code("", "+852"));
}
