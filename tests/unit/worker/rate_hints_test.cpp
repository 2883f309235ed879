#include "admission/rate_hints.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using amend::RateHints;
using amend::read_rate_hints;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

namespace {

const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";  // 784,111,777 s since the epoch

// The head of an answer with these field lines among others.
std::string head(const std::vector<std::string>& lines) {
  std::string text = "Server: nginx\r\nDate: " + date + "\r\n";
  for (const auto& line : lines) text += line + "\r\n";
  return text + "Content-Length: 12\r\n";
}

RateHints read(const std::vector<std::string>& lines, std::uint64_t in_flight = 0) {
  return read_rate_hints(head(lines), date, in_flight);
}

RateHints paced(nanoseconds interval, milliseconds valid_for) {
  RateHints hints;
  hints.interval = interval;
  hints.valid_for = valid_for;
  return hints;
}

RateHints waiting(milliseconds wait) {
  RateHints hints;
  hints.wait = wait;
  return hints;
}

const RateHints nothing;

class Case {
 public:
  std::string in_words;
  std::vector<std::string> lines;
  std::uint64_t in_flight;
  RateHints expected;
};

void check(const std::vector<Case>& cases) {
  for (const Case& c : cases) {
    CAPTURE(c.in_words);
    const auto hints = read(c.lines, c.in_flight);
    CHECK(hints.interval.value_or(0ns).count() == c.expected.interval.value_or(0ns).count());
    CHECK(hints.valid_for.count() == c.expected.valid_for.count());
    CHECK(hints.wait.count() == c.expected.wait.count());
    CHECK((hints == c.expected));
  }
}

}  // namespace

TEST_CASE("rate_hints: an answer that tells nothing asks nothing") {
  CHECK((read_rate_hints("", "", 0) == nothing));
  CHECK((read({}) == nothing));
  CHECK((read({"RateLimit:", "RateLimit-Policy:"}) == nothing));
  CHECK((read({"Retry-After: 7", "X-RateLimit-Used: 5", "RateLimits: \"a\";r=0;t=9"}) == nothing));
}

TEST_CASE("rate_hints: what is left is spread over the time that is left") {
  check({
      {"50 in 30 s", {R"(RateLimit: "default";r=50;t=30)"}, 0, paced(600ms, 30s)},
      {"those in flight may not be counted yet", {R"(RateLimit: "default";r=50;t=30)"}, 20, paced(1s, 30s)},
      {"one is left besides those in flight", {R"(RateLimit: "default";r=50;t=30)"}, 49, paced(30s, 30s)},
      {"rounded up, so that not one too many goes", {R"(RateLimit: "a";r=3;t=1)"}, 0, paced(333'333'334ns, 1s)},
      {"any case of letters", {R"(ratelimit: "a";r=10;t=1)"}, 0, paced(100ms, 1s)},
      {"no space, many spaces", {"RATELIMIT:\t \"a\";r=10;t=1 \t"}, 0, paced(100ms, 1s)},
      {"a list as a parameter is malformed", {R"(RateLimit: "a";r=10;acme-x=(1);t=1)"}, 0, nothing},
      {"other parameters", {R"(RateLimit: "a";r=10;acme-x="t=9;r=0";t=1;pk=:YQ==:)"}, 0, paced(100ms, 1s)},
  });
}

TEST_CASE("rate_hints: a window that is used up is waited out") {
  check({
      {"nothing left", {R"(RateLimit: "default";r=0;t=7)"}, 0, waiting(7s)},
      {"as many left as are in flight", {R"(RateLimit: "default";r=5;t=7)"}, 5, waiting(7s)},
      {"fewer left than are in flight", {R"(RateLimit: "default";r=5;t=7)"}, 6, waiting(7s)},
      {"more left than are in flight", {R"(RateLimit: "default";r=5;t=7)"}, 4, paced(7s, 7s)},
      {"the longest of several", {R"(RateLimit: "a";r=0;t=7, "b";r=0;t=9, "c";r=0;t=8)"}, 0, waiting(9s)},
  });
}

TEST_CASE("rate_hints: a window that is just over says nothing of what is left") {
  check({
      {"none left, for 0 s", {R"(RateLimit: "a";r=0;t=0)"}, 3, nothing},
      {"some left, for 0 s", {R"(RateLimit: "a";r=9;t=0)"}, 3, nothing},
      {"others go on", {R"(RateLimit: "a";r=0;t=0, "b";r=10;t=1)"}, 3, paced(142'857'143ns, 1s)},
      {"the policy still holds",
       {R"(RateLimit: "a";r=0;t=0)", R"(RateLimit-Policy: "a";q=10;w=1)"},
       3,
       paced(100ms, 1s)},
  });
}

TEST_CASE("rate_hints: a policy is a pace for its window") {
  check({
      {"100 a minute", {R"(RateLimit-Policy: "burst";q=100;w=60)"}, 0, paced(600ms, 60s)},
      {"whatever is in flight", {R"(RateLimit-Policy: "burst";q=100;w=60)"}, 500, paced(600ms, 60s)},
      {"said to be of requests", {R"(RateLimit-Policy: "a";q=10;qu="requests";w=5)"}, 0, paced(500ms, 5s)},
      {"no window, no pace", {R"(RateLimit-Policy: "daily";q=1000)"}, 0, nothing},
      {"none allowed", {R"(RateLimit-Policy: "shut";q=0;w=20)"}, 0, paced(60s, 20s)},
      {"the last of two q", {R"(RateLimit-Policy: "a";q=5;w=1;q=10)"}, 0, paced(100ms, 1s)},
  });
}

TEST_CASE("rate_hints: of several policies the strictest counts") {
  check({
      {"the slower of two policies",
       {R"(RateLimit-Policy: "permin";q=50;w=60,"perhr";q=1000;w=3600)"},
       0,
       paced(3600ms, 1h)},
      {"in the other order, on two lines, another between",
       {R"(RateLimit-Policy: "perhr";q=1000;w=3600)", "Via: x", R"(RateLimit-Policy: "permin";q=50;w=60)"},
       0,
       paced(3600ms, 1h)},
      {"what is left, when it is less than the policy gives",
       {R"(RateLimit-Policy: "a";q=100;w=10)", R"(RateLimit: "a";r=4;t=8)"},
       0,
       paced(2s, 8s)},
      {"the policy, when more is left than it gives",
       {R"(RateLimit-Policy: "a";q=10000;w=1000)", R"(RateLimit: "a";r=10000;t=10)"},
       0,
       paced(100ms, 1000s)},
      {"as strict, the one that holds longer",
       {R"(RateLimit: "a";r=1;t=1, "b";r=9;t=9, "c";r=2;t=2)"},
       0,
       paced(1s, 9s)},
  });
}

TEST_CASE("rate_hints: after a wait no burst goes: the pace outlives it") {
  RateHints expected = paced(100ms, 11s);
  expected.wait = 10s;
  check({
      {"used up, and a policy", {R"(RateLimit-Policy: "a";q=10;w=1)", R"(RateLimit: "a";r=0;t=10)"}, 0, expected},
  });
}

TEST_CASE("rate_hints: what is left without a time is nothing to go by, but for nothing left") {
  const std::string policy = R"(RateLimit-Policy: "a";q=10;w=1, "b";q=500;w=50)";
  RateHints full_window = paced(100ms, 100s);
  full_window.wait = 50s;
  check({
      {"some left", {R"(RateLimit: "a";r=5)"}, 0, nothing},
      {"less than in flight, but some", {R"(RateLimit: "a";r=5)"}, 9, nothing},
      {"none left of a policy that is not told", {R"(RateLimit: "a";r=0)"}, 0, nothing},
      {"none left of one that has a window", {policy, R"(RateLimit: "b";r=0)"}, 0, full_window},
      {"some left of it", {policy, R"(RateLimit: "b";r=1)"}, 9, paced(100ms, 50s)},
      {"none left of another", {policy, R"(RateLimit: "c";r=0)"}, 0, paced(100ms, 50s)},
      {"none left of one without a window", {R"(RateLimit-Policy: "a";q=10)", R"(RateLimit: "a";r=0)"}, 0, nothing},
  });
}

TEST_CASE("rate_hints: what is not counted in requests is not ours") {
  check({
      {"bytes", {R"(RateLimit-Policy: "a";q=10;w=60;qu="content-bytes")"}, 0, nothing},
      {"at once", {R"(RateLimit-Policy: "a";q=10;w=60;qu="concurrent-requests")"}, 0, nothing},
      {"beside requests", {R"(RateLimit-Policy: "a";q=1;w=60;qu="content-bytes", "b";q=10;w=1)"}, 0, paced(100ms, 1s)},
      {"nor what is left of it",
       {R"(RateLimit-Policy: "a";q=1;w=60;qu="content-bytes")", R"(RateLimit: "a";r=0;t=9, "b";r=10;t=1)"},
       0,
       paced(100ms, 1s)},
      {"nor none left without a time",
       {R"(RateLimit-Policy: "a";q=1;w=60;qu="content-bytes")", R"(RateLimit: "a";r=0)"},
       0,
       nothing},
  });
}

TEST_CASE("rate_hints: a malformed field is ignored as a whole, the other one is not") {
  const std::string policy = R"(RateLimit-Policy: "p";q=10;w=1)";
  for (const auto* bad :
       {R"("a";r=0;t=9,)", R"("a";r=0;t=9, "b")", R"("a";r=0;t=9, "b";t=1)", R"("a";r=0;t=9, "b";r=-1;t=1)",
        R"("a";r=0;t=9, "b";r=1;t=-1)", R"("a";r=0;t=9, "b";r=1.5;t=1)", R"("a";r=0;t=9, "b";r="1";t=1)",
        R"("a";r=0;t=9, "b";r=1;t=x)", R"("a";r=0;t=9, b;r=1;t=1)", R"("a";r=0;t=9, 5;r=1;t=1)",
        R"("a";r=0;t=9, ("b");r=1;t=1)", R"("a";r=0;t=9 "b";r=1;t=1)", R"("a";r=0;t=9, "b;r=1;t=1)",
        R"("a";r=0;t=9999999999999999)", R"("a";r=0;t=9;r)", R"("a";r=0; t = 9)", "limit=100, remaining=0, reset=9"}) {
    CAPTURE(bad);
    CHECK((read({"RateLimit: " + std::string(bad)}) == nothing));
    CHECK((read({"RateLimit: " + std::string(bad), policy}) == paced(100ms, 1s)));
    CHECK((read({R"(RateLimit: "z";r=0;t=5)", "RateLimit: " + std::string(bad)}) == nothing));
  }
  for (const auto* bad :
       {R"("a";q=1;w=9,)", R"("a";q=1;w=9, "b")", R"("a";q=1;w=9, "b";w=1)", R"("a";q=1;w=9, "b";q=-1;w=1)",
        R"("a";q=1;w=9, "b";q=1;w=0)", R"("a";q=1;w=9, "b";q=1;w=-1)", R"("a";q=1;w=9, "b";q=1;w=0.5)",
        R"("a";q=1;w=9, "b";q=1;qu=requests)", R"("a";q=1;w=9, b;q=1)", "100;w=60", "\"a\";q=1;w=9,\t"}) {
    CAPTURE(bad);
    CHECK((read({"RateLimit-Policy: " + std::string(bad)}) == nothing));
    CHECK((read({"RateLimit-Policy: " + std::string(bad), R"(RateLimit: "z";r=0;t=5)"}) == waiting(5s)));
  }
}

TEST_CASE("rate_hints: an empty line among several of a field is malformed") {
  CHECK((read({R"(RateLimit: "a";r=0;t=9)", "RateLimit:"}) == nothing));
  CHECK((read({"RateLimit: ", R"(RateLimit: "a";r=0;t=9)"}) == nothing));
}

TEST_CASE("rate_hints: Limit, Remaining and Reset say the same in the older way") {
  for (const std::string p : {"RateLimit-", "X-RateLimit-", "X-Rate-Limit-", "x-ratelimit-", "RATELIMIT-"}) {
    CAPTURE(p);
    check({
        {"some left", {p + "Limit: 100", p + "Remaining: 50", p + "Reset: 30"}, 0, paced(600ms, 30s)},
        {"without a Limit, in another order", {p + "Reset: 30", p + "Remaining: 50"}, 20, paced(1s, 30s)},
        {"used up", {p + "Limit: 100", p + "Remaining: 3", p + "Reset: 30"}, 3, waiting(30s)},
        {"just over", {p + "Limit: 100", p + "Remaining: 0", p + "Reset: 0"}, 0, nothing},
        {"a Limit alone", {p + "Limit: 100"}, 0, nothing},
        {"a Remaining alone", {p + "Limit: 100", p + "Remaining: 0"}, 0, nothing},
        {"a Reset alone", {p + "Limit: 100", p + "Reset: 9"}, 0, nothing},
        {"a Limit with its window", {p + "Limit: 100, 100;w=60"}, 0, paced(600ms, 60s)},
        {"that window only", {p + "Limit: 100;w=60;comment=\"x\""}, 0, paced(600ms, 60s)},
        {"several windows", {p + "Limit: 10, 10;w=1, 1000;w=3600"}, 0, paced(3600ms, 1h)},
        {"parameters of the others", {p + "Remaining: 50;w=9", p + "Reset: 30;x"}, 0, paced(600ms, 30s)},
    });
  }
}

TEST_CASE("rate_hints: what is malformed of the older fields is ignored, and what depends on it") {
  for (const std::string p : {"RateLimit-", "X-RateLimit-", "X-Rate-Limit-"}) {
    for (const auto* bad :
         {"", "-1", "+5", "5s", "0.5", "5, 5", "five", "\"5\"", "5 5", "9999999999999999", "0x5", ","}) {
      CAPTURE(bad);
      CHECK((read({p + "Remaining: " + bad, p + "Reset: 9"}) == nothing));
      CHECK((read({p + "Remaining: 0", p + "Reset: " + bad}) == nothing));
    }
    CHECK((read({p + "Remaining: 0", p + "Reset: " + std::string(5'000, '9')}) == nothing));
    CHECK((read({p + "Remaining: 0", p + "Reset: 9", p + "Reset: 9"}) == nothing));
    for (const auto* bad :
         {"100;w=60, x", "100;w=60,", "100;w=60, 5;w=0", "100;w=60, -1", "100;w=60, 1.5", "100;w=60 5"}) {
      CAPTURE(bad);
      CHECK((read({p + "Limit: " + bad}) == nothing));
      CHECK((read({p + "Limit: " + bad, p + "Remaining: 10", p + "Reset: 1"}) == paced(100ms, 1s)));
    }
  }
}

TEST_CASE("rate_hints: a Reset since the epoch is measured against the answer's own Date") {
  // Sun, 09 Sep 2001 01:46:40 GMT is 1,000,000,000.
  const auto until = [](const std::string& reset, const std::string& now) {
    return read_rate_hints(head({"X-RateLimit-Remaining: 0", "X-RateLimit-Reset: " + reset}), now, 0);
  };
  const std::string now = "Sun, 09 Sep 2001 01:46:40 GMT";
  CHECK((until("1000000007", now) == waiting(7s)));
  CHECK((until("1000000001", now) == waiting(1s)));
  CHECK((until("1000000030", "Sun, 09 Sep 2001 01:46:45 GMT") == waiting(25s)));
  CHECK((until("1000000007000", now) == waiting(7s)));
  CHECK((until("1000000006001", now) == waiting(7s)));
  CHECK((until("1000000007", "Sun, 09 Sep 2001 01:46:47 GMT") == nothing));
  CHECK((until("1000000007", "Sun, 09 Sep 2001 02:46:47 GMT") == nothing));
  CHECK((until("1000000007", "") == nothing));
  CHECK((until("1000000007", "today") == nothing));
  CHECK((until("1000000000", "") == waiting(amend::server_wait_max)));
  CHECK((until("999999999999", now) == waiting(amend::server_wait_max)));
  CHECK((until("999999999999999", now) == waiting(amend::server_wait_max)));
  const auto remaining = head({"RateLimit-Remaining: 10", "RateLimit-Reset: 1000000005"});
  CHECK((read_rate_hints(remaining, now, 0) == paced(500ms, 5s)));
}

TEST_CASE("rate_hints: the newest way of saying it wins, as long as it asks for anything") {
  const std::vector<std::string> all = {"X-Rate-Limit-Remaining: 0", "X-Rate-Limit-Reset: 1",
                                        "X-RateLimit-Remaining: 0",  "X-RateLimit-Reset: 2",
                                        "RateLimit-Remaining: 0",    "RateLimit-Reset: 3"};
  const auto with = [&](std::size_t first, const std::vector<std::string>& more) {
    std::vector<std::string> lines(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(first));
    lines.insert(lines.end(), more.begin(), more.end());
    return read(lines);
  };
  CHECK((with(2, {}) == waiting(1s)));
  CHECK((with(4, {}) == waiting(2s)));
  CHECK((with(6, {}) == waiting(3s)));
  CHECK((with(6, {R"(RateLimit: "a";r=0;t=4)"}) == waiting(4s)));
  CHECK((with(6, {R"(RateLimit: "a";r=9;t=1)"}) == paced(111'111'112ns, 1s)));
  CHECK((with(6, {R"(RateLimit-Policy: "a";q=10;w=1)"}) == paced(100ms, 1s)));
  CHECK((with(6, {R"(RateLimit: "a";r=0;t=4,)"}) == waiting(3s)));
  CHECK((with(6, {R"(RateLimit: "a";r=5)"}) == waiting(3s)));
  CHECK((with(6, {"RateLimit-Policy: 100;w=60"}) == waiting(3s)));
  CHECK((with(4, {"RateLimit-Remaining: 0"}) == waiting(2s)));
  CHECK((with(0, {"RateLimit-Remaining: 0", "X-RateLimit-Reset: 3"}) == nothing));
}

TEST_CASE("rate_hints: absurd values end at their ceilings") {
  const std::string most = "999999999999999";
  const auto policy = [](const std::string& q, const std::string& w) {
    return read({"RateLimit-Policy: \"a\";q=" + q + ";w=" + w});
  };
  const auto left = [](const std::string& r, const std::string& t, std::uint64_t in_flight) {
    return read({"RateLimit: \"a\";r=" + r + ";t=" + t}, in_flight);
  };
  CHECK((policy("1", "60") == paced(60s, 60s)));
  CHECK((policy("1", "61") == paced(60s, 61s)));
  CHECK((policy("1", most) == paced(60s, 1h)));
  CHECK((policy("0", most) == paced(60s, 1h)));
  CHECK((policy("1000", "3600") == paced(3600ms, 1h)));
  CHECK((policy("1000", "3601") == paced(3601ms, 1h)));
  CHECK((policy(most, most) == paced(1s, 1h)));
  CHECK((policy("999999999999998", most) == paced(1'000'000'001ns, 1h)));
  CHECK((policy("20000000000000", "999999999999999") == paced(50s, 1h)));
  CHECK((policy(most, "1") == paced(1ns, 1s)));
  CHECK((left("0", "300", 0) == waiting(5min)));
  CHECK((left("0", "301", 0) == waiting(5min)));
  CHECK((left("0", most, 0) == waiting(5min)));
  CHECK((left(most, most, 0) == paced(1s, 1h)));
  CHECK((left(most, "9", ~std::uint64_t{0}) == waiting(9s)));
  CHECK((left(most, most, 999'999'999'999'998) == paced(60s, 1h)));
  RateHints both = paced(60s, 1h);
  both.wait = 5min;
  CHECK((read({"RateLimit: \"a\";r=0;t=" + most, "RateLimit-Policy: \"a\";q=1;w=" + most}) == both));
}

TEST_CASE("rate_hints: of a field the first 32 policies count, and the rest must be well-formed") {
  class Field {
   public:
    std::string name;
    std::string usual, strict, malformed;  // members
  };
  for (const Field& f : {Field{"RateLimit-Policy", R"("p";q=10;w=1)", R"("a";q=1;w=1)", R"("a";q=1;w=0)"},
                         Field{"RateLimit", R"("p";r=10;t=1)", R"("a";r=1;t=1)", R"("a";r=1;t=-1)"},
                         Field{"RateLimit-Limit", "10;w=1", "1;w=1", "1;w=0"}}) {
    CAPTURE(f.name);
    const auto with_last = [&](const std::string& last) {
      std::string text = f.name + ": ";
      for (int i = 1; i < 32; ++i) text += f.usual + ", ";
      return read({text + last});
    };
    CHECK((with_last(f.strict) == paced(1s, 1s)));
    CHECK((with_last(f.usual + ", " + f.strict) == paced(100ms, 1s)));
    CHECK((with_last(f.usual + ", " + f.malformed) == nothing));
  }
}

TEST_CASE("rate_hints: any bytes may be given as a head") {
  for (const auto* text :
       {"RateLimit", "RateLimit:", ":", "\r\n", "\r", "\n", "RateLimit: \"a\";r=0;t=5", "\r\n\r\n:\r\n"}) {
    CAPTURE(text);
    const bool whole = std::string_view(text).ends_with("t=5");
    CHECK((read_rate_hints(text, "", 0) == (whole ? waiting(5s) : nothing)));
  }
}
