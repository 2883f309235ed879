#include "cli/confirm.hpp"

#include <doctest/doctest.h>

namespace cli = amend::cli;
using cli::Consent;
using cli::Person;

namespace {

amend::Plan remote() {
  amend::Plan plan;
  plan.host = "gateway.wonder.today:443";
  return plan;
}

cli::Options for_file(const char* name) {
  cli::Options options;
  options.config.input.file = name;
  return options;
}

}  // namespace

TEST_CASE("confirm: this machine needs no consent, another one does") {
  amend::Plan local = remote();
  local.loopback = true;
  CHECK(cli::consent(local, for_file("a.csv"), Person::absent) == Consent::given);
  CHECK(cli::consent(remote(), for_file("a.csv"), Person::present) == Consent::ask);
  CHECK(cli::consent(remote(), for_file("a.csv"), Person::absent) == Consent::unavailable);
}

TEST_CASE("confirm: --yes is consent") {
  cli::Options options = for_file("a.csv");
  options.yes = true;
  CHECK(cli::consent(remote(), options, Person::absent) == Consent::given);
}

TEST_CASE("confirm: the answer is never read out of the customers on standard input") {
  CHECK(cli::consent(remote(), for_file("-"), Person::present) == Consent::unavailable);
}

TEST_CASE("confirm: only the whole word yes counts") {
  for (const char* text : {"yes", "YES", " yes \r"}) CHECK(cli::is_yes(text));
  for (const char* text : {"", "y", "no", "yes please", "ye s", " "}) CHECK_FALSE(cli::is_yes(text));
}

TEST_CASE("confirm: the question names the host") {
  CHECK(cli::question(remote()) == "Type yes to update customers at gateway.wonder.today:443: ");
}
