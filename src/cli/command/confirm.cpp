#include "cli/command/confirm.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "amend/error.hpp"
#include "cli/option/units.hpp"
#include "cli/text/check_report_text.hpp"
#include "cli/text/output.hpp"
#include "cli/text/report_line.hpp"
#include "row/ascii.hpp"
#include "row/blanks.hpp"

namespace amend::cli {
namespace {

std::string ask(const std::string& question) {
  print_message(question);
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

// "1 row has", "2 rows have".
std::string rows_have(std::uint64_t rows) { return plural(rows, "row") + (rows == 1 ? " has" : " have"); }

Person person_there() { return ::isatty(STDIN_FILENO) && ::isatty(STDERR_FILENO) ? Person::present : Person::absent; }

}  // namespace

Consent consent(const Plan& plan, const Options& options, Person person) {
  if (plan.loopback || options.yes) return Consent::given;
  if (options.config.input.file == "-" || person == Person::absent) return Consent::unavailable;
  return Consent::ask;
}

std::string question(const Plan& plan) {
  return fmt::format("Type yes to update customers at {}: ", printable(plan.host));
}

bool is_yes(std::string_view answer) { return in_lower_case(without_blanks(answer, " \t\r\n")) == "yes"; }

void refuse_without_consent(const Plan& plan, const Options& options) {
  if (consent(plan, options, person_there()) != Consent::unavailable) return;
  throw ConfigError(
      fmt::format("{} is not this machine, and amend cannot ask you: add --yes to update customers there{}",
                  printable(plan.host), options.command == Command::update ? " (or --dry-run to send nothing)" : ""));
}

Consent consent(const InputFindings& findings, const Options& options, Person person) {
  if (findings.damaged_rows == 0 || options.config.input.accept_findings) return Consent::given;
  return options.config.input.file == "-" || person == Person::absent ? Consent::unavailable : Consent::ask;
}

std::string question(const InputFindings& findings) {
  return fmt::format("{} values that look damaged. Type yes to send them as they are: ",
                     rows_have(findings.damaged_rows));
}

void confirm_findings(const InputFindings& findings, const Options& options, const std::string& next) {
  const Consent answer = consent(findings, options, person_there());
  if (answer == Consent::given || (answer == Consent::ask && is_yes(ask(question(findings))))) return;
  const FieldFinding& first = findings.fields.front();
  throw ConfigError(
      fmt::format(
          "{}: {} values that look damaged: {}, {}. Nothing was sent. Repair them, or send them as they are with "
          "--accept-findings",
          printable(options.config.input.file), rows_have(findings.damaged_rows), finding_text(first),
          where(first.first.front())),
      ExitCode::usage, next);
}

void confirm(const Plan& plan, const Options& options) {
  refuse_without_consent(plan, options);
  if (consent(plan, options, person_there()) == Consent::given) return;
  if (!is_yes(ask(question(plan))))
    throw ConfigError("nothing was sent: you did not type yes (--yes skips this question)");
}

}  // namespace amend::cli
