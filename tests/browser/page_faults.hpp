// What no page of ours may do, however it is looked at.
#pragma once

#include <string>
#include <vector>

#include "web_driver.hpp"

namespace test {

/// Of the page that is open, since the last call; empty is well. Holds:
/// - it has complained about nothing (no error of a script, nothing that its policy has kept from it);
/// - each request was for an address that starts with `own`;
/// - nothing sticks out at its right side: it need not be scrolled sideways;
/// - no text is smaller than 9 CSS px as it comes out on the screen, in charts too;
/// - no text is as good as invisible on what is behind it (contrast below 3:1), in so far as that is a plain colour.
std::vector<std::string> page_faults(Browser& browser, const std::string& own);

}  // namespace test
