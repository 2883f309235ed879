// Which options need or exclude one another, and which do not fit their command. Layer 5.
//
// The rules about a Config and a BenchmarkConfig are the library's, because programs that use the library need them too
// (src/row/config_rules.hpp, src/benchmark/benchmark_rules.hpp).
#pragma once

#include <span>
#include <string>

#include "cli/option/option_table.hpp"
#include "cli/option/options.hpp"

namespace amend::cli {

class OptionRule {
 public:
  using Text = std::string (*)(const Options& options);

  constexpr OptionRule(CommandSet commands_, Text refusal_, Text next_ = nullptr) noexcept
      : commands(commands_), refusal(refusal_), next(next_) {}

  CommandSet commands;  ///< those to which the rule applies
  Text refusal;         ///< names the option and the remedy; empty: the rule is kept
  Text next;            ///< the command to type instead; nullptr: none is known
};

/// The rules that only the program has.
std::span<const OptionRule> option_rules() noexcept;

/// Checks every rule that applies to the command, the library's included. Throws ConfigError for the first one that is
/// broken.
void require_option_rules(const Options& options);

/// Throws ConfigError for an output that shows how rows are sent, when none are sent. `amend resume` knows that only from
/// its run.
void refuse_unused_outputs(const Options& options);

}  // namespace amend::cli
