#include "wonder/credentials_diagnosis.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using amend::Auth;
using amend::wonder::CredentialsRefusal;
using amend::wonder::diagnose;
using namespace std::chrono_literals;

namespace {

CredentialsRefusal refusal(std::uint16_t http, std::string_view url = "https://gateway.wonder.today") {
  CredentialsRefusal out(http, "E000002", "Invalid Credential Format.");
  out.url = url;
  out.clock_ahead = 1s;
  return out;
}

bool says(const CredentialsRefusal& refusal, const std::string& text) {
  return diagnose(refusal).find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("diagnosis: it says what the API said") {
  CHECK(diagnose(refusal(401))
            .starts_with(
                "the API refused the credentials (HTTP 401, E000002: Invalid Credential Format.). Likely cause: "));
}

TEST_CASE("diagnosis: a clock that is more than 30 minutes off is the cause, and no other is named") {
  for (const auto& [ahead, text] : std::vector<std::pair<std::chrono::seconds, std::string>>{
           {47min, "this machine's clock is 47 minutes ahead of the API's"},
           {-2h, "this machine's clock is 120 minutes behind the API's"}}) {
    auto off = refusal(401);
    off.clock_ahead = ahead;
    CHECK(says(off, text));
    CHECK_FALSE(says(off, "key"));
    off.auth = Auth::bearer;  // which no clock is part of
    CHECK_FALSE(says(off, "clock"));
  }
  auto well = refusal(401);
  for (const std::chrono::seconds ahead : {30min, -30min, 0min}) {
    well.clock_ahead = ahead;
    CHECK_FALSE(says(well, "clock"));
  }
  well.clock_ahead.reset();  // no Date in the answer
  CHECK_FALSE(says(well, "clock"));
}

TEST_CASE("diagnosis: 403 names the restriction to IP addresses first, 401 does not") {
  CHECK(
      says(refusal(403),
           "Likely cause: the AppID accepts only listed IP addresses, and this machine's address is not one of them"));
  CHECK(says(refusal(403), "(use --ipv4"));
  auto over_ipv4 = refusal(403);
  over_ipv4.ipv4_only = true;
  CHECK_FALSE(says(over_ipv4, "--ipv4"));
  CHECK_FALSE(says(refusal(401), "IP addresses"));
}

TEST_CASE("diagnosis: the environment that --url names") {
  CHECK(says(refusal(401, "https://gateway-stg.wonder.today"), "--url is the sandbox"));
  CHECK(says(refusal(401, "https://gateway.wonder.today/"), "--url is production"));
  CHECK(says(refusal(401, "https://developer.wonder.today"), "--url is the documentation site"));
  CHECK(says(refusal(401, "https://127.0.0.1:8443"), "or the AppID and key belong to another environment"));
}

TEST_CASE("diagnosis: it speaks of the credentials that were sent") {
  auto sent = refusal(401);
  CHECK(says(sent, "--private-key"));
  sent.auth = Auth::bearer;
  CHECK(says(sent, "--bearer-file"));
  CHECK_FALSE(says(sent, "--private-key"));
  sent.auth = Auth::none;
  CHECK(says(sent, "--auth none"));
}
