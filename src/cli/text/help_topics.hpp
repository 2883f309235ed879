// The texts of `amend help TOPIC`: the Markdown files in src/cli/help, built into the program. Layer 5.
#pragma once

#include <span>
#include <string_view>

namespace amend::cli {

class HelpTopic {
 public:
  constexpr HelpTopic(std::string_view name_, std::string_view text_) noexcept : name(name_), text(text_) {}

  std::string_view name;  ///< "retries"
  std::string_view text;  ///< Markdown, at most 80 columns wide
};

/// Sorted by name.
std::span<const HelpTopic> help_topics() noexcept;

/// nullptr: there is no such topic.
const HelpTopic* find_topic(std::string_view name) noexcept;

/// The first line of the text, without the heading mark.
std::string_view title_of(const HelpTopic& topic) noexcept;

}  // namespace amend::cli
