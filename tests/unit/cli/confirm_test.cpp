#include "cli/command/confirm.hpp"

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

cli::Options update_with(const char* name) {
  cli::Options options;
  options.config.input.file = name;
  return options;
}

}  // namespace

TEST_CASE("confirm: this machine needs no consent, another one does") {
  amend::Plan local = remote();
  local.loopback = true;
  CHECK(cli::consent(local, update_with("a.csv"), Person::absent) == Consent::given);
  CHECK(cli::consent(remote(), update_with("a.csv"), Person::present) == Consent::ask);
  CHECK(cli::consent(remote(), update_with("a.csv"), Person::absent) == Consent::unavailable);
}

TEST_CASE("confirm: --yes is consent") {
  cli::Options options = update_with("a.csv");
  options.yes = true;
  CHECK(cli::consent(remote(), options, Person::absent) == Consent::given);
}

TEST_CASE("confirm: the answer is never read out of the customers on standard input") {
  CHECK(cli::consent(remote(), update_with("-"), Person::present) == Consent::unavailable);
}

TEST_CASE("confirm: only the whole word yes counts") {
  for (const char* text : {"yes", "YES", " yes \r"}) CHECK(cli::is_yes(text));
  for (const char* text : {"", "y", "no", "yes please", "ye s", " "}) CHECK_FALSE(cli::is_yes(text));
}

TEST_CASE("confirm: the question names the host") {
  CHECK(cli::question(remote()) == "Type yes to update customers at gateway.wonder.today:443: ");
}

TEST_CASE("confirm: values that look damaged need an answer of their own, on this machine too, and --yes is none") {
  amend::InputFindings findings;
  cli::Options options = update_with("a.csv");
  CHECK(cli::consent(findings, options, Person::absent) == Consent::given);
  findings.damaged_rows = 2;
  options.yes = true;
  CHECK(cli::consent(findings, options, Person::present) == Consent::ask);
  CHECK(cli::consent(findings, options, Person::absent) == Consent::unavailable);
  CHECK(cli::question(findings) == "2 rows have values that look damaged. Type yes to send them as they are: ");
  options.config.input.accept_findings = true;
  CHECK(cli::consent(findings, options, Person::absent) == Consent::given);
}

TEST_CASE(
    "confirm: where no operator can be asked the refusal names the place, the option and the command that shows all") {
  amend::InputFindings findings;
  findings.damaged_rows = 1;
  amend::FieldFinding& finding = findings.fields.emplace_back();
  finding.code = "value.scientific";
  finding.field = "phone";
  finding.rows = 1;
  finding.first = {{3, 4, 100}};
  finding.example = "4… (12 characters)";
  try {
    cli::confirm_findings(findings, update_with("-"), "amend check a.csv");
    FAIL("not refused");
  } catch (const amend::ConfigError& error) {
    CHECK(error.exit_code() == amend::ExitCode::usage);
    CHECK(error.next() == "amend check a.csv");
    const std::string text = error.what();
    for (const char* part : {"value.scientific in phone", "row 3, line 4", "Nothing was sent", "--accept-findings"})
      CHECK(text.find(part) != std::string::npos);
  }
}
