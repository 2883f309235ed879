#include "cli/confirm.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "amend/error.hpp"
#include "cli/output.hpp"

namespace amend::cli {
namespace {

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

bool is_yes(std::string_view answer) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto begin = answer.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return false;
  std::string word(answer.substr(begin, answer.find_last_not_of(blanks) - begin + 1));
  for (char& c : word) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return word == "yes";
}

void refuse_without_consent(const Plan& plan, const Options& options) {
  if (consent(plan, options, person_there()) != Consent::unavailable) return;
  throw ConfigError(fmt::format("{} is not this machine: add --yes to update customers there{}", printable(plan.host),
                                options.command == Command::update ? " (--dry-run sends nothing)" : ""));
}

void confirm(const Plan& plan, const Options& options) {
  refuse_without_consent(plan, options);
  if (consent(plan, options, person_there()) == Consent::given) return;
  print_message(question(plan));
  std::string answer;
  std::getline(std::cin, answer);
  if (!is_yes(answer)) throw ConfigError("nothing was sent: the answer was not yes (--yes answers beforehand)");
}

}  // namespace amend::cli
