// Takes any bytes as the rate hints of a response. The rate stays within its bounds, and other fields make no
// difference. With more requests in flight the wait is longer. For any line as a List, the members are views into it.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>

#include "admission/rate_hints.hpp"
#include "admission/structured_fields.hpp"
#include "target.hpp"

using namespace amend;
using fuzz::require;
using Step = StructuredListReader::Step;

namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view names[] = {"RateLimit-Policy",       "RateLimit",          "RateLimit-Limit",
                                      "RateLimit-Remaining",    "RateLimit-Reset",    "X-RateLimit-Limit",
                                      "X-RateLimit-Remaining",  "X-RateLimit-Reset",  "X-Rate-Limit-Limit",
                                      "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset", "Server"};

bool is_within(std::string_view part, std::string_view whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_list(std::string_view line) {
  StructuredListReader reader(line);
  StructuredMember member;
  std::size_t members = 0;
  auto step = reader.next(member);
  for (; step == Step::member; step = reader.next(member)) {
    require(++members <= line.size(), "each member takes a byte");
    require(is_within(member.value.text, line) && is_within(member.parameters, line), "views lie in the line");
    require(member.value.number > -1'000'000'000'000'000 && member.value.number < 1'000'000'000'000'000, "15 digits");
    require(member.parameter("q").has_value() || member.parameters.find(";q=") == std::string_view::npos ||
                member.parameters.find('"') != std::string_view::npos,
            "a parameter that stands there is found");
  }
  require(reader.next(member) == step, "the end and an error stay");
}

void check_pace(const RateHints& hints) {
  using std::chrono::milliseconds;
  require(hints.wait >= milliseconds(0) && hints.wait <= server_wait_max, "the wait has its ceiling");
  require(hints.valid_for >= milliseconds(0) && hints.valid_for <= rate_hints_valid_max, "the validity has its ceiling");
  require(hints.interval.has_value() == (hints.valid_for > milliseconds(0)), "a pace is valid for some time");
  if (!hints.interval) return;
  require(hints.interval->count() > 0 && *hints.interval <= server_interval_max, "the interval has its ceiling");
}

// Each line of the input is a field's value; its first byte picks the field.
std::string head_of(std::string_view text) {
  std::string head;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (line.empty()) continue;
    const auto pick = static_cast<unsigned char>(line.front());
    head += std::string(names[pick % std::size(names)]) + ": " + std::string(line.substr(1)) + "\r\n";
    check_list(line.substr(1));
  }
  return head;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Dice dice(std::string_view(reinterpret_cast<const char*>(data), size));
  const std::uint64_t in_flight = dice.below(256);
  const std::string head = head_of(dice.rest());
  const RateHints hints = read_rate_hints(head, date, in_flight);
  check_pace(hints);
  check_pace(read_rate_hints(dice.rest(), date, in_flight));
  require(read_rate_hints("Via: a\r\n" + head + "RateLimiter: 1\r\n", date, in_flight) == hints, "others do not count");
  require(read_rate_hints(head, date, in_flight + 1).wait >= hints.wait, "more in flight, no shorter a wait");
  return 0;
}
