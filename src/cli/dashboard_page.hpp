// The document around a run's picture while it is watched: a line that says how it stands, and the script that puts
// each update in its place. Layer 5, pure.
#pragma once

#include <string>
#include <string_view>

namespace amend::cli {

/// The document. `main` is HTML, `title` is text; `nonce` lets the one script run (dashboard_policy).
std::string dashboard_page(std::string_view title, std::string_view main, std::string_view nonce);

/// The Content-Security-Policy of that document: its own script, its own style, and requests to where it came from.
std::string dashboard_policy(std::string_view nonce);

/// As server-sent events (HTML, "Server-sent events"): `main` takes the place of what is shown; the last one also says
/// how the run ended, and that nothing follows.
std::string update_event(std::string_view main);
std::string ended_event(std::string_view main, std::string_view how);

}  // namespace amend::cli
