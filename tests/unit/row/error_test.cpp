#include "amend/error.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "amend/row/outcome.hpp"
#include "row/api_code.hpp"

using namespace amend;

TEST_CASE("error: printable leaves text of every script as it is") {
  for (const char* text : {"", "Ada Lovelace", "陳大文 ☂", "Café \"quoted\" \\ & <b>", "😀", "\xC2\xA0"}) {
    CHECK(printable(text) == text);
  }
}

TEST_CASE("error: printable escapes what could drive a terminal, and bytes that are no UTF-8") {
  CHECK(printable("a\x1b[31mb") == "a\\x1b[31mb");
  CHECK(printable("a\r\n\tb\x7F") == "a\\x0d\\x0a\\x09b\\x7f");
  CHECK(printable(std::string("a\0b", 3)) == "a\\x00b");
  CHECK(printable("\xC2\x9B"
                  "31m") == "\\xc2\\x9b31m");
  CHECK(printable("\xFF\xC3") == "\\xff\\xc3");
  CHECK(printable("\xED\xA0\x80") == "\\xed\\xa0\\x80");
  CHECK(printable("\xC0\xAF") == "\\xc0\\xaf");
  CHECK(printable("\xF4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
}

TEST_CASE("error: printable cuts at a character and never writes more than it may") {
  CHECK(printable(std::string(300, 'x')) == std::string(300, 'x'));
  CHECK(printable(std::string(301, 'x')) == std::string(297, 'x') + "…");
  CHECK(printable("abcdef", 6) == "abcdef");
  CHECK(printable("abcdefg", 6) == "abc…");
  CHECK(printable("陳大文", 9) == "陳大文");
  CHECK(printable("陳大文字", 9) == "陳大…");
  CHECK(printable("陳大文字", 8) == "陳…");
  for (std::size_t limit = 3; limit < 40; ++limit) {
    for (const char* text : {"a\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b\x1b", "é\xFFé\xFFé\xFFé\xFFé\xFFé\xFF😀😀😀😀😀😀"}) {
      CAPTURE(limit);
      CHECK(printable(text, limit).size() <= limit);
    }
  }
}

TEST_CASE("error: the table of own codes is in alphabetical order, complete and without repetition") {
  const auto codes = own_codes();
  CHECK(std::ranges::is_sorted(codes, {}, &OwnCode::name));
  std::set<std::string_view> names;
  for (const OwnCode& code : codes) {
    CAPTURE(code.name);
    CHECK(names.insert(code.name).second);
    CHECK_FALSE(code.meaning.empty());
    CHECK_FALSE(code.remedy.empty());
    CHECK(code.name.find('.') != std::string_view::npos);
    CHECK(code.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.*") == std::string_view::npos);
    CHECK(find_own_code(code.name) == &code);
  }
}

// What a reader of English as a second language understands at once: at most 25 words in a sentence.
TEST_CASE("error: meanings and remedies are whole, short sentences") {
  std::vector<std::string> texts{std::string(api_code.meaning), std::string(api_code.remedy)};
  for (const OwnCode& code : own_codes())
    texts.insert(texts.end(), {std::string(code.meaning), std::string(code.remedy)});
  for (const std::string& text : texts) {
    CAPTURE(text);
    CHECK(text.ends_with('.'));
    CHECK(text.find("  ") == std::string::npos);
    for (const char* word : {"fed back", "feed ", "answer", "nobody", "somebody", "anew", " stands ", " holds "})
      CHECK(text.find(word) == std::string::npos);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find(". ", begin), text.size());
      CHECK(std::count(text.begin() + static_cast<std::ptrdiff_t>(begin),
                       text.begin() + static_cast<std::ptrdiff_t>(end), ' ') < 26);
      begin = end + 2;
    }
  }
}

TEST_CASE("error: a code is found by its name or its family, a code of the API is not") {
  REQUIRE(find_own_code("http.418") != nullptr);
  CHECK(find_own_code("http.418")->name == "http.*");
  CHECK(find_own_code("input.phone.missing")->name == "input.*.missing");
  CHECK(find_own_code("input.default_payment_token.invalid")->name == "input.*.invalid");
  CHECK(find_own_code("transport.timeout")->name == "transport.timeout");
  for (const char* code : {"", "E000002", "200", "http", "http.", "input..missing", "transport", "transport.timeouts",
                           "answer", "input.phone"}) {
    CAPTURE(code);
    CHECK(find_own_code(code) == nullptr);
  }
}

TEST_CASE("error: characters that change how a text reads on a terminal are escaped, all others stay") {
  const auto utf8 = [](unsigned code) {
    if (code < 0x80) return std::string{static_cast<char>(code)};
    if (code < 0x800) return std::string{static_cast<char>(0xC0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
    return std::string{static_cast<char>(0xE0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 63)),
                       static_cast<char>(0x80 | (code & 63))};
  };
  for (unsigned code = 0; code <= 0xD7FF; ++code) {
    const bool steers = code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C || code == 0x200E ||
                        code == 0x200F || (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
    CAPTURE(code);
    if ((printable(utf8(code)) == utf8(code)) == steers) FAIL_CHECK("");
  }
}

TEST_CASE("error: every origin and status has its own spelling") {
  std::set<std::string_view> origins;
  for (const Origin origin : {Origin::api, Origin::gateway, Origin::payment_token, Origin::transport, Origin::tls,
                              Origin::input, Origin::run}) {
    origins.insert(to_string(origin));
  }
  CHECK(origins == std::set<std::string_view>{"api", "gateway", "payment_token", "transport", "tls", "input", "run"});
  std::set<std::string_view> states;
  for (const Status status : {Status::success, Status::failed, Status::unknown, Status::rejected, Status::superseded}) {
    states.insert(to_string(status));
  }
  CHECK(states == std::set<std::string_view>{"success", "failed", "unknown", "rejected", "superseded"});
}
