// The rules about a Config, one by one: bounds, options that need or exclude one another. Layer 0. `validate` checks
// them in this order.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "amend/config.hpp"

namespace amend {

class ConfigRule {
 public:
  /// What the rule is about: `validate_input` and `validate_load` check only some of them.
  enum class Topic : std::uint8_t { api, input, load, run };

  constexpr ConfigRule(Topic topic_, std::string (*refusal_)(const Config& config)) noexcept
      : topic(topic_), refusal(refusal_) {}

  Topic topic;
  std::string (*refusal)(const Config& config);  ///< names the option and the remedy; empty: the rule is kept
};

std::span<const ConfigRule> config_rules() noexcept;

}  // namespace amend
