// The tables of `amend help retries` against what the policies do: every status from 100 to 599.
#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "admission/admission_control.hpp"
#include "admission/credential_guard.hpp"
#include "wonder/response_classifier.hpp"

using namespace amend;
using namespace std::chrono_literals;
using wonder::ResponseClass;

namespace {

const AdmissionControl::time_point table_start(1'000h);

// What happens, in the words of the table.
class Effect {
 public:
  Effect() = default;
  friend bool operator==(const Effect&, const Effect&) = default;
  friend std::ostream& operator<<(std::ostream& out, const Effect& effect) {
    return out << effect.row << "|" << effect.attempts << "|" << (effect.waits ? "waits " : "")
               << (effect.slows ? "slows " : "") << (effect.stops ? "stops" : "");
  }

  std::string row;  // "success", "failed", "retried", or "interim" for one that is not the final response
  std::string attempts;
  bool waits = false;
  bool slows = false;
  bool stops = false;
};

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) {
    const auto begin = cell.find_first_not_of(' ');
    cells.push_back(begin == std::string::npos ? "" : cell.substr(begin, cell.find_last_not_of(' ') + 1 - begin));
  }
  return cells;
}

Effect effect_of(const std::vector<std::string>& cells) {
  Effect effect;
  effect.row = cells[1].substr(0, cells[1].find_first_of(" ,"));
  effect.attempts = cells[2];
  effect.waits = cells[3].find("waits") != std::string::npos;
  effect.slows = cells[3].find("slows") != std::string::npos;
  effect.stops = cells[3].find("stops") != std::string::npos;
  return effect;
}

// By status; one that is named by itself stands before one of a range. `who`: the heading of the table's first column.
std::map<int, Effect> table(const std::string& who) {
  std::ifstream topic(std::string(AMEND_TEST_DATA) + "/../../src/cli/help/retries.md");
  std::string line;
  while (std::getline(topic, line) && !(line.starts_with('|') && cells_of(line)[0] == who)) {
  }
  std::map<int, Effect> ranges;
  std::map<int, Effect> single;
  std::getline(topic, line);
  while (std::getline(topic, line) && line.starts_with("| `")) {
    const auto cells = cells_of(line);
    REQUIRE(cells.size() == 4);
    const Effect effect = effect_of(cells);
    std::istringstream statuses(cells[0]);
    for (std::string word; statuses >> word;) {
      if (!word.starts_with('`')) continue;
      const int first = std::stoi(word.substr(1));
      const auto dash = word.find('-');
      if (dash == std::string::npos) single[first] = effect;
      for (int status = first; dash != std::string::npos && status <= std::stoi(word.substr(dash + 1)); ++status)
        ranges[status] = effect;
    }
  }
  single.merge(ranges);
  return single;
}

std::string row_of(const AttemptEnd& end) {
  const RetryPolicy policy(RetryConfig(), 10min);
  const auto verdict = policy.decide(end, RowState(1, table_start, false), table_start, 0);
  if (verdict.kind == Verdict::Kind::retry) return "retried";
  return verdict.kind == Verdict::Kind::done ? "success" : "failed";
}

bool slows(const AttemptEnd& end) {
  LoadConfig load;
  load.rate = RateSetting{RateMode::adaptive, 0ns};
  load.canary = CanaryMode::off;
  AdmissionControl admission(load);
  const auto before = admission.rate().in_force().interval;
  for (int n = 1; n <= 10; ++n)
    admission.record(end, AdmissionControl::Ended(Permit(), static_cast<std::uint64_t>(n), table_start + n * 10ms, 1),
                     table_start + n * 10ms, 0);
  return admission.rate().in_force().interval > before;
}

// The table has two columns: retried without a Retry-After, or only with one.
bool waits(ResponseClass response_class, std::uint16_t status) {
  const auto end = AttemptEnd::answered(response_class, status, 1s);
  return row_of(end) == "retried";
}

bool stops(const AttemptEnd& end) {
  CredentialGuard guard;
  auto stop = CredentialGuard::Stop::none;
  for (std::uint64_t n = 1; n <= 3; ++n)
    stop = guard.look(end, CredentialGuard::Run(n, n, 1'000, table_start, table_start));
  return stop != CredentialGuard::Stop::none;
}

Effect policies(ResponseClass response_class, std::uint16_t status) {
  const auto end = AttemptEnd::answered(response_class, status);
  Effect effect;
  effect.row = row_of(end);
  effect.attempts = is_throttled(end) ? "0" : "1";
  effect.waits = waits(response_class, status);
  effect.slows = slows(end);
  effect.stops = stops(end);
  return effect;
}

}  // namespace

TEST_CASE("status table: amend help retries says what each status of the API does, from 100 to 599") {
  const auto stated = table("status");
  REQUIRE(stated.size() == 500);
  for (std::uint16_t status = 100; status <= 599; ++status) {
    CAPTURE(status);
    const ResponseClass response_class = wonder::class_of(status);
    if (status < 200) {
      CHECK(response_class == ResponseClass::unusable);  // not a success, should a codec ever hand one on
      CHECK(stated.at(status).row == "interim");
      continue;
    }
    CHECK(policies(response_class, status) == stated.at(status));
  }
}

TEST_CASE("status table: amend help retries says what each status of a gateway response does") {
  const auto stated = table("status of a gateway response");
  REQUIRE(stated.size() == 400);
  for (std::uint16_t status = 200; status <= 599; ++status) {
    CAPTURE(status);
    CHECK(policies(ResponseClass::gateway, status) == stated.at(status));
  }
}
