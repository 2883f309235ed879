#include "amend/config.hpp"

#include <algorithm>
#include <initializer_list>

#include "amend/error.hpp"
#include "row/config_rules.hpp"

namespace amend {
namespace {

using Topic = ConfigRule::Topic;

void require_rules(const Config& config, std::initializer_list<Topic> topics) {
  for (const ConfigRule& rule : config_rules()) {
    if (std::find(topics.begin(), topics.end(), rule.topic) == topics.end()) continue;
    if (const std::string refusal = rule.refusal(config); !refusal.empty()) throw ConfigError(refusal);
  }
}

}  // namespace

void validate(const Config& config) { require_rules(config, {Topic::api, Topic::input, Topic::load, Topic::run}); }

void validate_load(const LoadConfig& load) {
  Config config;
  config.load = load;
  require_rules(config, {Topic::load});
}

void validate_input(const Config& config) { require_rules(config, {Topic::input, Topic::load}); }

}  // namespace amend
