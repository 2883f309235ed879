// A page as different readers see it: a wide and a narrow window, light and dark.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "page_faults.hpp"

namespace test {

/// Checks the page that is open in each browser. Leaves a picture of each in the build tree, for review by a reader:
/// pictures/<name>-<width>-<light or dark>.png.
inline void check_looks(Browser& browser, const std::string& own, const std::string& name) {
  std::filesystem::create_directories(AMEND_PICTURES);
  for (const int width : {1280, 400}) {
    for (const std::string colours : {"light", "dark"}) {
      browser.set_size(width, 900);
      browser.prefer_colours(colours);
      const std::string look = name + "-" + std::to_string(width) + "-" + colours;
      CAPTURE(look);
      for (const auto& fault : page_faults(browser, own)) FAIL_CHECK(fault);
      browser.save_picture(std::string(AMEND_PICTURES) + "/" + look + ".png");
    }
  }
}

}  // namespace test
