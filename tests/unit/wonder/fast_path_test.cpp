// The glance at an answer is never laxer than the full rule: what it takes for a success is one, and whatever it is
// unsure about is judged by the rule. Held on answers changed in every way that could fool it.
#include "wonder/fast_path.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "unit/wonder/responses.hpp"
#include "wonder/response_rule.hpp"

using namespace amend;
using namespace amend::wonder;
using amend::test::answer_id;
using amend::test::everyday_answer;

namespace {

Response response_with(std::string_view body, std::uint16_t status = 200) {
  Response out;
  out.status = status;
  out.body = body;
  return out;
}

// Judges in both ways, for rows with and without a card and a guard.
class BothWays {
 public:
  void compare(const std::string& body, std::uint16_t status = 200) {
    for (const Expectation& expected : {Expectation(answer_id, false), Expectation(answer_id, true),
                                        Expectation(answer_id, false, "C-1"), Expectation(answer_id, false, "")}) {
      const Classification judged = classifier_.classify(response_with(body, status), expected);
      const Classification right = classify_by_rule(reader_, response_with(body, status), expected);
      const bool equal = judged.response_class == right.response_class && judged.code == right.code &&
                         judged.text == right.text && judged.warning == right.warning;
      if (!equal) FAIL_CHECK("judged differently: " << body);
      if (is_plain_success(body, expected)) ++glanced_;
      if (right.response_class == ResponseClass::success && right.warning.empty()) ++successes_;
    }
  }
  std::size_t glanced() const { return glanced_; }
  std::size_t successes() const { return successes_; }

 private:
  ResponseClassifier classifier_;
  ResponseReader reader_;
  std::size_t glanced_ = 0;
  std::size_t successes_ = 0;
};

class Changer {
 public:
  explicit Changer(std::uint64_t seed) : random_(seed) {}

  std::string changed() {
    static const auto originals = test::answers();
    std::string body = originals[below(3) == 0 ? below(originals.size()) : 0];
    const std::size_t changes = 1 + below(3);
    for (std::size_t i = 0; i < changes && !body.empty(); ++i) change(body);
    return body;
  }

 private:
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(random_() % bound); }

  void change(std::string& body) {
    static const std::vector<std::string> pieces{"\"",
                                                 "\\",
                                                 "\\\"",
                                                 "\\u0041",
                                                 "\\ud800",
                                                 "{",
                                                 "}",
                                                 "[",
                                                 "]",
                                                 "{}",
                                                 "[]",
                                                 ",",
                                                 ":",
                                                 " ",
                                                 "\n",
                                                 "\t",
                                                 "\x1f",
                                                 "\x7f",
                                                 "0",
                                                 "-",
                                                 "00",
                                                 ".5",
                                                 "e9",
                                                 "1234567890123456",
                                                 "null",
                                                 "true",
                                                 "tru",
                                                 "NaN",
                                                 "\xC3\xA9",
                                                 "\xC3",
                                                 "\xED\xA0\x80",
                                                 "\xEF\xBB\xBF",
                                                 std::string(1, '\0'),
                                                 "\"code\":1,",
                                                 "\"code\":200,",
                                                 "\"code\":2e2,",
                                                 "\"error_code\":0,",
                                                 "\"error_code\":\"E\",",
                                                 "\"a\":{\"b\":{}},",
                                                 "\"uuid\":\"x\",",
                                                 "\"data\":{},",
                                                 "\"customer\":null,",
                                                 "\"default_payment_token\":7,",
                                                 ",\"x\":\"y\"",
                                                 "\"x\":[1],",
                                                 std::string(30, '['),
                                                 "\"d\":{\"d\":{\"d\":{\"d\":{\"d\":{}}}}},",
                                                 "/**/"};
    const std::size_t at = below(body.size());
    switch (below(7)) {
      case 0: body[at] = static_cast<char>(body[at] ^ (1 << below(8))); break;
      case 1: body.resize(at); break;
      case 2: body.erase(at, 1 + below(4)); break;
      case 3: body.insert(at, body.substr(below(body.size()), 1 + below(40))); break;  // also members that come twice
      case 4: body.insert(behind_a_mark(body, at), pieces[below(pieces.size())]); break;
      case 5: body[at] = static_cast<char>(random_()); break;
      default: body.insert(at, pieces[below(pieces.size())]);
    }
  }
  // Where a member may begin: pieces put there are more often well-formed.
  std::size_t behind_a_mark(const std::string& body, std::size_t from) {
    const std::size_t found = body.find_first_of("{,", from);
    return found == std::string::npos ? from : found + 1;
  }

  std::mt19937_64 random_;
};

std::string nested(std::size_t depth) {
  std::string inside = "{}";
  for (std::size_t i = 1; i < depth; ++i) inside = R"({"x":)" + inside + "}";
  return R"({"deep":)" + inside + "," + everyday_answer().substr(1);
}

}  // namespace

TEST_CASE("fast_path: the everyday answer is recognised, in every spelling that a server may well use") {
  const Expectation expected(answer_id, false);
  const auto all = test::answers();
  for (std::size_t i = 0; i < 7; ++i) {
    CAPTURE(all[i]);
    CHECK(is_plain_success(all[i], expected));
  }
  for (std::size_t i = 7; i < all.size(); ++i) {
    CAPTURE(all[i]);
    CHECK_FALSE(is_plain_success(all[i], expected));
  }
  CHECK(is_plain_success(everyday_answer(), Expectation(answer_id, true, "C-1")));
  CHECK_FALSE(is_plain_success(everyday_answer(), Expectation(answer_id, true, "C-2")));
  CHECK_FALSE(is_plain_success(all[1], Expectation(answer_id, false, "C-1")));
}

TEST_CASE("fast_path: every answer cut at every byte, and with every bit changed, is judged as by the full rule") {
  BothWays both;
  for (const auto& body : test::answers()) {
    for (std::size_t size = 0; size <= body.size(); ++size) both.compare(body.substr(0, size));
    for (std::size_t i = 0; i < 8 * body.size(); ++i) {
      std::string changed = body;
      changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
      both.compare(changed);
    }
  }
  CHECK(both.glanced() > 10'000);
}

TEST_CASE("fast_path: 100,000 answers changed at random are judged as by the full rule") {
  const char* const given = std::getenv("SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  MESSAGE("SEED=" << seed);
  Changer changer(seed);
  BothWays both;
  for (int i = 0; i < 100'000; ++i) both.compare(changer.changed());
  CHECK(both.glanced() > 10'000);
  CHECK(both.successes() > both.glanced());
}

TEST_CASE("fast_path: depth, size, status and numbers of any length are judged as by the full rule") {
  BothWays both;
  for (std::size_t depth = 1; depth < 40; ++depth) both.compare(nested(depth));
  for (std::size_t size = 0; size < 300; ++size)
    both.compare(R"({"x":")" + std::string(size, 'x') + "\"," + everyday_answer().substr(1));
  for (const std::size_t size : {15'000U, 17'000U, 100'000U})
    both.compare(R"({"x":")" + std::string(size, 'x') + "\"," + everyday_answer().substr(1));
  for (const std::size_t members : {50U, 100U, 128U, 200U, 5'000U}) {
    std::string many;
    for (std::size_t i = 0; i < members; ++i) many += "\"\":\"\",";
    both.compare("{" + many + everyday_answer().substr(1));
  }
  for (std::size_t digits = 1; digits < 400; digits += 7)
    for (const char* sign : {"", "-", "0", "1."})
      both.compare(R"({"n":)" + std::string(sign) + std::string(digits, '9') + "," + everyday_answer().substr(1));
  for (const int status : {0, 100, 199, 200, 201, 204, 206, 299, 300, 401, 404, 429, 500, 600})
    both.compare(everyday_answer(), static_cast<std::uint16_t>(status));
}
