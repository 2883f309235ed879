// A real browser as a child process: headless Chromium, controlled through chromedriver by the WebDriver protocol (W3C
// WebDriver 2, and Chromium's own /goog/cdp/execute). Every wait is bounded. The browser ends with this object, and
// with this process.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "support/process.hpp"

namespace test {

/// Says SKIPPED when Chromium or its driver is not there.
bool browser_is_installed();

class Browser {
 public:
  /// Reaches only this machine. Throws std::runtime_error, as all members do when the browser does not obey.
  Browser();
  ~Browser();
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  /// Of the browser, not of its driver.
  pid_t pid() const { return pid_; }

  /// Returns when the page has been loaded.
  void open(const std::string& url);
  /// Call it before open(), because a page is laid out for its first size.
  void set_size(int width, int height);
  /// "light" or "dark".
  void prefer_colours(const std::string& scheme);

  /// What the body of a function in JavaScript returns.
  boost::json::value script(const std::string& body);
  std::int64_t number(const std::string& expression);
  std::string text(const std::string& expression);
  bool is_true(const std::string& expression);
  /// Asks again and again.
  bool wait_until_true(const std::string& expression, Process::Seconds limit);

  /// What the page has complained about since the last call.
  std::vector<std::string> complaints();
  /// The addresses that pages have requested since the last call, without those inside of a page ("data:").
  std::vector<std::string> requests();

  /// All of the page, as PNG.
  void save_picture(const std::string& path);

 private:
  boost::json::value command(std::string_view method, const std::string& path, const boost::json::object& what);
  boost::json::value session(std::string_view method, const std::string& path, const boost::json::object& what);
  boost::json::value protocol(std::string_view command, const boost::json::object& what);
  std::vector<boost::json::object> log(std::string_view type);

  TempDir dir_;
  std::unique_ptr<Process> driver_;
  std::uint16_t port_ = 0;
  std::string session_;
  pid_t pid_ = -1;
};

/// `path` as the address of a page.
std::string file_url(const std::string& path);

}  // namespace test
