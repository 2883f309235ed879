// The document around the page of an active run: a line with its state, and the script that inserts each update. Pure.
// Layer 5.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace amend::cli {

/// The content of the page at one moment.
class PageContent {
 public:
  PageContent(std::string said_, std::string main_) : said(std::move(said_)), main(std::move(main_)) {}

  std::string said;  ///< text: one line with the state of the run
  std::string main;  ///< HTML
};

/// The document. `nonce` allows its one script (dashboard_policy).
std::string dashboard_page(const PageContent& content, std::string_view nonce);

/// The Content-Security-Policy of the document: its own script, its own style, and requests to its own origin.
std::string dashboard_policy(std::string_view nonce);

/// The content as a server-sent event (HTML, "Server-sent events"), which replaces the previous content. The last event
/// shows how the run ended.
std::string update_event(const PageContent& content);
std::string ended_event(const PageContent& content);

}  // namespace amend::cli
