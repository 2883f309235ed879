// Asks the operator whether customers on this host may be updated: once, before the first request. Layer 5.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/job.hpp"
#include "amend/row/finding.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

/// Whether an operator at a terminal can be asked.
enum class Person : std::uint8_t { present, absent };

enum class Consent : std::uint8_t {
  given,        ///< by --yes, or not needed: the host is this machine
  ask,          ///< must ask on the terminal
  unavailable,  ///< no operator can be asked: --yes is needed
};

/// Decides whether to ask. Pure. It never returns `ask` when the input is stdin, because the reply would be read from
/// the customers' data.
Consent consent(const Plan& plan, const Options& options, Person person);

/// "Type yes to update customers at HOST: "
std::string question(const Plan& plan);

/// Accepts only the word yes, with any spaces around it and in any case of letters.
bool is_yes(std::string_view answer);

/// Throws ConfigError, which names --yes, when no operator can be asked.
void refuse_without_consent(const Plan& plan, const Options& options);

/// Decides about values that look damaged. Pure. --yes does not cover them, because it was typed before they were seen.
Consent consent(const InputFindings& findings, const Options& options, Person person);

/// "2 rows have values that look damaged (see above). Type yes to send them as they are: "
std::string question(const InputFindings& findings);

/// Returns when there is no damage, or when the operator accepts it; asks on the terminal if necessary. `next` is the
/// command that shows all findings.
///
/// Errors: throws ConfigError, which names --accept-findings, when no operator can be asked, or the reply is not yes.
void confirm_findings(const InputFindings& findings, const Options& options, const std::string& next);

/// Asks if necessary. Throws ConfigError, which names --yes, when no operator can be asked or the reply is not yes.
void confirm(const Plan& plan, const Options& options);

}  // namespace amend::cli
