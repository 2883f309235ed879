// May customers on this host be updated? Asked once, before the first request. Layer 5.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "amend/job.hpp"
#include "amend/row/finding.hpp"
#include "cli/options.hpp"

namespace amend::cli {

/// Whether somebody sits at a terminal who can be asked.
enum class Person : std::uint8_t { present, absent };

enum class Consent : std::uint8_t {
  given,        ///< by --yes, or not needed: the host is this machine
  ask,          ///< on the terminal
  unavailable,  ///< nobody can be asked: --yes is needed
};

/// Pure. Never `ask` when the input is stdin: the answer would be taken out of the customers' data.
Consent consent(const Plan& plan, const Options& options, Person person);

/// "Type yes to update customers at HOST: "
std::string question(const Plan& plan);

/// Only the whole word yes counts, with or without spaces and capitals.
bool is_yes(std::string_view answer);

/// Throws ConfigError naming --yes when nobody can be asked.
void refuse_without_consent(const Plan& plan, const Options& options);

/// Whether values that look damaged may be sent. Pure. --yes does not answer that: it was said before they were seen.
Consent consent(const InputFindings& findings, const Options& options, Person person);

/// "2 rows have values that look damaged (see above). Type yes to send them as they are: "
std::string question(const InputFindings& findings);

/// Returns when there is no damage, or the operator accepts it; asks on the terminal if it must. Throws ConfigError
/// naming --accept-findings when no operator can be asked, or the answer is not yes; `next`: the command that shows
/// all.
void confirm_findings(const InputFindings& findings, const Options& options, const std::string& next);

/// Asks if it must. Throws ConfigError naming --yes when nobody can be asked or the answer is not yes.
void confirm(const Plan& plan, const Options& options);

}  // namespace amend::cli
