#include "cli/text/help_topics.hpp"

#include <algorithm>

namespace amend::cli {

const HelpTopic* find_topic(std::string_view name) noexcept {
  const auto at = std::ranges::find(help_topics(), name, &HelpTopic::name);
  return at == help_topics().end() ? nullptr : &*at;
}

std::string_view title_of(const HelpTopic& topic) noexcept {
  const std::string_view line = topic.text.substr(0, topic.text.find('\n'));
  return line.substr(std::min(line.find_first_not_of("# "), line.size()));
}

}  // namespace amend::cli
