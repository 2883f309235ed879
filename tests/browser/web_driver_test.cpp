// The tools of this folder: that a page without a fault has none, and that each fault is seen.
#include <doctest/doctest.h>

#include <filesystem>

#include "page_faults.hpp"

using namespace test;

namespace {

std::string page_with(const std::string& inside) {
  return "<!doctype html><html lang=en><head><meta charset=utf-8><title>t</title><link rel=icon href=\"data:,\">"
         "<meta name=viewport content=\"width=device-width\">"
         "<style>@media (prefers-color-scheme: dark) { body { background: #000; color: #fff } }</style>"
         "</head><body>" +
         inside + "</body></html>";
}

class ShownPage {
 public:
  std::vector<std::string> faults(const std::string& inside) {
    write_file(dir.file("page.html"), page_with(inside));
    const std::string url = file_url(dir.file("page.html"));
    browser.open(url);
    return page_faults(browser, url);
  }

  TempDir dir;
  Browser browser;
};

bool is_one(const std::vector<std::string>& faults, const std::string& text) {
  for (const auto& fault : faults) MESSAGE(fault);
  return faults.size() == 1 && faults[0].find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("a page without a fault has none, and its numbers can be read") {
  if (!browser_is_installed()) return;
  ShownPage shown;
  shown.browser.set_size(400, 800);
  for (const std::string scheme : {"light", "dark"}) {
    shown.browser.prefer_colours(scheme);
    const auto faults = shown.faults(
        "<p data-total=success>1,234</p><svg width=100 height=20><text y=15 font-size=10 fill=gray>x</text></svg>");
    for (const auto& fault : faults) FAIL_CHECK(fault);
    CHECK(shown.browser.is_true("matchMedia('(prefers-color-scheme: " + scheme + ")').matches"));
    CHECK(shown.browser.number("innerWidth") == 400);
    CHECK(shown.browser.number("document.querySelector('[data-total=success]').textContent.replace(/,/g, '')") == 1234);
  }
  const std::string picture = shown.dir.file("picture.png");
  shown.browser.save_picture(picture);
  CHECK(read_file(picture).starts_with("\x89PNG"));
}

TEST_CASE("a page with a fault has that fault") {
  if (!browser_is_installed()) return;
  ShownPage shown;
  shown.browser.set_size(400, 800);
  CHECK(is_one(shown.faults("<script>console.error('spilt milk')</script>"), "spilt milk"));
  CHECK(is_one(shown.faults("<script>throw new Error('torn')</script>"), "torn"));
  CHECK(is_one(shown.faults("<div class=broad style='width:900px'>x</div>"), "wide in a window of 400: DIV.broad"));
  CHECK(is_one(shown.faults("<svg width=50 viewBox='0 0 100 20'><text y=15 font-size=12>tiny</text></svg>"),
               "text of 6.0 px: tiny"));
  CHECK(is_one(shown.faults("<p style='color:#ccc'>pale</p>"), "pale"));
  shown.browser.prefer_colours("dark");
  CHECK(is_one(shown.faults("<p style='color:#333'>gloom</p>"), "gloom"));
  // An address that no page may request, although the browser does not complain about it.
  const auto elsewhere =
      shown.faults("<script>fetch('http://127.0.0.1:9/x', {mode: 'no-cors'}).catch(() => {})</script>");
  REQUIRE_FALSE(elsewhere.empty());
  CHECK(elsewhere.back() == "asked for http://127.0.0.1:9/x");
}

TEST_CASE("a browser ends with the object that stands for it") {
  if (!browser_is_installed()) return;
  std::string process;
  {
    const Browser browser;
    process = "/proc/" + std::to_string(browser.pid());
    CHECK(std::filesystem::exists(process));
  }
  CHECK(wait_until([&] { return !std::filesystem::exists(process); }, Process::Seconds(20)));
}
