// The document around a run's picture while it is watched: a line that says how it stands, and the script that puts
// each update in its place. Layer 5, pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace amend::cli {

/// What the page shows at one moment.
class PageContent {
 public:
  PageContent(std::string said_, std::string main_) : said(std::move(said_)), main(std::move(main_)) {}

  std::string said;  ///< text: one line that says how the run stands
  std::string main;  ///< HTML
};

/// The document. `nonce` lets the one script run (dashboard_policy).
std::string dashboard_page(const PageContent& content, std::string_view nonce);

/// The Content-Security-Policy of that document: its own script, its own style, and requests to where it came from.
std::string dashboard_policy(std::string_view nonce);

/// As server-sent events (HTML, "Server-sent events"): it takes the place of what is shown. Nothing follows the last
/// one, which says how the run ended.
std::string update_event(const PageContent& content);
std::string ended_event(const PageContent& content);

}  // namespace amend::cli
