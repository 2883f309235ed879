#include "web_driver.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <signal.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <stdexcept>

namespace test {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using asio::ip::tcp;

constexpr auto chromium = "/usr/bin/chromium";
constexpr auto chromedriver = "/usr/bin/chromedriver";
constexpr std::chrono::seconds driver_limit{60};
constexpr std::uint64_t response_bytes_max = 256ULL * 1024 * 1024;

// One request on a connection of its own.
class Exchange {
 public:
  Exchange(std::uint16_t port, http::request<http::string_body> request)
      : stream_(context_), request_(std::move(request)) {
    parser_.body_limit(response_bytes_max);
    stream_.expires_after(driver_limit);
    stream_.async_connect(tcp::endpoint(asio::ip::address_v4::loopback(), port),
                          [this](beast::error_code error) { on_connected(error); });
  }

  std::string run() {
    context_.run();
    if (error_) throw std::runtime_error("chromedriver: " + error_.message());
    return parser_.get().body();
  }

 private:
  void on_connected(beast::error_code error) {
    if (error) return fail(error);
    http::async_write(stream_, request_, [this](beast::error_code failed, std::size_t) {
      if (failed) return fail(failed);
      read();
    });
  }
  void read() {
    http::async_read(stream_, buffer_, parser_, [this](beast::error_code error, std::size_t) { fail(error); });
  }
  void fail(beast::error_code error) { error_ = error; }

  asio::io_context context_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::error_code error_;
};

json::value value_of(const std::string& answer) {
  const json::value parsed = json::parse(answer);
  const json::value& value = parsed.as_object().at("value");
  const json::object* error = value.if_object();
  if (error && error->contains("error") && error->contains("stacktrace"))
    throw std::runtime_error("chromedriver: " + std::string(error->at("message").as_string()));
  return value;
}

// With the pipe the browser ends when its driver does, however that comes about.
json::array arguments(const std::string& profile) {
  json::array out{"--headless=new",
                  "--remote-debugging-pipe",
                  "--user-data-dir=" + profile,
                  "--window-size=1280,900",
                  "--hide-scrollbars",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--disable-dev-shm-usage",
                  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"};
  if (::geteuid() == 0) out.emplace_back("--no-sandbox");
  return out;
}

json::object new_session(const std::string& profile) {
  const json::object logging{{"browser", "ALL"}, {"performance", "ALL"}};
  const json::object options{{"binary", chromium}, {"args", arguments(profile)}};
  const json::object wanted{{"browserName", "chrome"}, {"goog:loggingPrefs", logging}, {"goog:chromeOptions", options}};
  const json::object always{{"alwaysMatch", wanted}};
  return {{"capabilities", always}};
}

std::string decode_base64(std::string_view text) {
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) throw std::runtime_error("chromedriver: a picture that is no base64");
  const std::size_t filling = text.size() - text.substr(0, text.find('=')).size();
  out.resize(static_cast<std::size_t>(size) - filling);
  return out;
}

std::optional<std::string> asked_for(const json::object& entry) {
  const json::value whole = json::parse(entry.at("message").as_string());
  const json::object& message = whole.at("message").as_object();
  if (message.at("method").as_string() != "Network.requestWillBeSent") return std::nullopt;
  std::string url(message.at("params").at("request").at("url").as_string());
  if (url.starts_with("data:")) return std::nullopt;
  return url;
}

}  // namespace

bool browser_is_installed() {
  for (const auto& [program, package] : {std::pair(chromium, "chromium"), std::pair(chromedriver, "chromium-driver")}) {
    if (std::filesystem::exists(program)) continue;
    std::printf("SKIPPED: %s is not installed (package %s)\n", program, package);
    return false;
  }
  return true;
}

Browser::Browser() {
  driver_ =
      std::make_unique<Process>(std::vector<std::string>{chromedriver, "--port=0"}, dir_.file("out"), dir_.file("err"));
  const std::string started = "ChromeDriver was started successfully on port ";
  const auto line = wait_for_line(dir_.file("out"), started, Process::Seconds(60));
  if (!line) throw std::runtime_error("chromedriver did not start: " + read_file(dir_.file("err")));
  port_ = static_cast<std::uint16_t>(std::stoi(line->substr(started.size())));
  const json::value made = command("POST", "/session", new_session(dir_.file("profile")));
  session_ = made.at("sessionId").as_string();
  pid_ = made.at("capabilities").at("goog:processID").to_number<pid_t>();
  // The browser's own first page asks for pieces of the browser.
  open("about:blank");
  complaints();
  requests();
}

Browser::~Browser() {
  try {
    session("DELETE", "", {});
  } catch (const std::exception&) {
    // It ends with its driver.
  }
  driver_->signal(SIGTERM);
  driver_->wait(Process::Seconds(10));
}

void Browser::open(const std::string& url) { session("POST", "/url", {{"url", url}}); }

void Browser::set_size(int width, int height) {
  protocol("Emulation.setDeviceMetricsOverride",
           {{"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}});
}

void Browser::prefer_colours(const std::string& scheme) {
  const json::object feature{{"name", "prefers-color-scheme"}, {"value", scheme}};
  protocol("Emulation.setEmulatedMedia", {{"features", json::array{feature}}});
}

json::value Browser::script(const std::string& body) {
  return session("POST", "/execute/sync", {{"script", body}, {"args", json::array()}});
}

std::int64_t Browser::number(const std::string& expression) {
  return script("return Number(" + expression + ")").to_number<std::int64_t>();
}

std::string Browser::text(const std::string& expression) {
  return std::string(script("return String(" + expression + ")").as_string());
}

bool Browser::is_true(const std::string& expression) { return script("return !!(" + expression + ")").as_bool(); }

bool Browser::wait_until_true(const std::string& expression, Process::Seconds limit_of_it) {
  return wait_until([&] { return is_true(expression); }, limit_of_it);
}

std::vector<std::string> Browser::complaints() {
  std::vector<std::string> out;
  for (const json::object& entry : log("browser")) {
    const std::string level(entry.at("level").as_string());
    if (level == "SEVERE" || level == "WARNING")
      out.push_back(level + ": " + std::string(entry.at("message").as_string()));
  }
  return out;
}

std::vector<std::string> Browser::requests() {
  std::vector<std::string> out;
  for (const json::object& entry : log("performance"))
    if (auto url = asked_for(entry)) out.push_back(std::move(*url));
  return out;
}

void Browser::save_picture(const std::string& path) {
  const json::value picture = protocol("Page.captureScreenshot", {{"format", "png"}, {"captureBeyondViewport", true}});
  write_file(path, decode_base64(picture.at("data").as_string()), 0644);
}

json::value Browser::command(std::string_view method, const std::string& path, const json::object& what) {
  const bool posts = method == "POST";
  http::request<http::string_body> request(http::string_to_verb(beast::string_view(method.data(), method.size())), path,
                                           11);
  request.set(http::field::host, fmt::format("127.0.0.1:{}", port_));
  request.keep_alive(false);
  if (posts) {
    request.set(http::field::content_type, "application/json");
    request.body() = json::serialize(what);
  }
  request.prepare_payload();
  Exchange exchange(port_, std::move(request));
  return value_of(exchange.run());
}

json::value Browser::session(std::string_view method, const std::string& path, const json::object& what) {
  return command(method, "/session/" + session_ + path, what);
}

json::value Browser::protocol(std::string_view command, const json::object& what) {
  return session("POST", "/goog/cdp/execute", {{"cmd", command}, {"params", what}});
}

std::vector<json::object> Browser::log(std::string_view type) {
  std::vector<json::object> out;
  const json::value entries = session("POST", "/se/log", {{"type", type}});
  for (const json::value& entry : entries.as_array()) out.push_back(entry.as_object());
  return out;
}

std::string file_url(const std::string& path) { return "file://" + path; }

}  // namespace test
