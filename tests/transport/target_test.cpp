#include "amend/transport/target.hpp"

#include <doctest/doctest.h>

#include "amend/error.hpp"

using amend::ConfigError;
using amend::Target;
using amend::TargetConfig;

namespace {

Target target(const std::string& url) {
  TargetConfig config;
  config.url = url;
  config.allow_plain_http = true;
  return amend::parse_target(config);
}

std::string refusal(const std::string& url) {
  TargetConfig config;
  config.url = url;
  try {
    amend::parse_target(config);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("target: host, port, authority and path of an address") {
  const Target plain = target("https://gateway.wonder.today");
  CHECK(plain.tls);
  CHECK(plain.host == "gateway.wonder.today");
  CHECK(plain.port == "443");
  CHECK(plain.authority == "gateway.wonder.today");
  CHECK(plain.path_prefix.empty());
  CHECK_FALSE(plain.loopback);
  CHECK_FALSE(plain.literal_address);

  const Target full = target("http://Example.COM:8080/gateway/v2/");
  CHECK_FALSE(full.tls);
  CHECK(full.host == "example.com");
  CHECK(full.port == "8080");
  CHECK(full.authority == "example.com:8080");
  CHECK(full.path_prefix == "/gateway/v2");
}

TEST_CASE("target: a port that is the scheme's own is not told to the server") {
  CHECK(target("https://example.com:443").authority == "example.com");
  CHECK(target("http://example.com:80/").authority == "example.com");
  CHECK(target("https://example.com:80").authority == "example.com:80");
}

TEST_CASE("target: addresses instead of names") {
  const Target four = target("https://127.0.0.1:8443");
  CHECK(four.literal_address);
  CHECK(four.loopback);
  const Target six = target("https://[::1]:8443");
  CHECK(six.host == "::1");
  CHECK(six.authority == "[::1]:8443");
  CHECK(six.literal_address);
  CHECK(six.loopback);
  CHECK(target("https://127.8.9.10").loopback);
  CHECK(target("https://LOCALHOST").loopback);
  CHECK_FALSE(target("https://localhost.example.com").loopback);
  CHECK_FALSE(target("https://192.0.2.1").loopback);
}

TEST_CASE("target: what is no address of an API is refused, naming --url") {
  for (const char* url : {"", "gateway.wonder.today", "ftp://example.com", "https://", "https:///path",
                          "https://user@example.com", "https://user:secret@example.com", "https://example.com/?a=b",
                          "https://example.com/#x", "https://example.com:0", "https://example.com:65536",
                          "https://example.com:999999", "https://exa mple.com", "https://[::1", "wss://example.com"}) {
    CAPTURE(url);
    const std::string why = refusal(url);
    CHECK(why.find("--url") != std::string::npos);
    CHECK(why.find("secret") == std::string::npos);
  }
}

TEST_CASE("target: plain http only to this machine, unless it is allowed") {
  CHECK(refusal("http://gateway.wonder.today").find("--allow-http") != std::string::npos);
  CHECK(refusal("http://localhost:8080").empty());
  CHECK(refusal("http://[::1]").empty());
  CHECK_NOTHROW(target("http://gateway.wonder.today"));
}

TEST_CASE("target: a proxy is a host and a port; what else stands in it is refused, and its text is never repeated") {
  TargetConfig config;
  config.url = "https://127.0.0.1";
  config.proxy = "http://Proxy.Example:3128/";
  const Target through = amend::parse_target(config);
  CHECK(through.proxy_host == "proxy.example");
  CHECK(through.proxy_port == "3128");
  CHECK_FALSE(through.loopback);  // the proxy's own machine, not this one
  config.proxy = "http://[::1]";
  CHECK(amend::parse_target(config).proxy_host == "::1");
  CHECK(amend::parse_target(config).proxy_port == "80");
  CHECK(amend::parse_target(config).loopback);
  for (const char* bad : {"https://p", "socks5://p:1080", "http://user:secret@p:3128", "http://p/x", "http://p?q",
                          "p:3128x", "http://p:0", "http://p:70000", "http://"}) {
    CAPTURE(bad);
    config.proxy = bad;
    try {
      amend::parse_target(config);
      FAIL_CHECK("was taken");
    } catch (const ConfigError& error) {
      const std::string text = error.what();
      CHECK(text.starts_with("--proxy: "));
      CHECK(text.find("secret") == std::string::npos);
    }
  }
}

TEST_CASE("target: NO_PROXY names hosts, domains, addresses, or all") {
  CHECK(amend::is_exempt_from_proxy("api.example", "API.example"));
  CHECK(amend::is_exempt_from_proxy("api.example", "other, example"));
  CHECK(amend::is_exempt_from_proxy("api.example", ".example,x"));
  CHECK(amend::is_exempt_from_proxy("10.0.0.1", "10.0.0.1"));
  CHECK(amend::is_exempt_from_proxy("anything", " * "));
  CHECK_FALSE(amend::is_exempt_from_proxy("api.example", "pi.example,ample"));
  CHECK_FALSE(amend::is_exempt_from_proxy("example", "api.example"));
  CHECK_FALSE(amend::is_exempt_from_proxy("api.example", ""));
  CHECK_FALSE(amend::is_exempt_from_proxy("api.example", ",,"));
}
