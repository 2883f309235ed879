#include "transport/target.hpp"

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

std::string refusal_of(const TargetConfig& config) {
  try {
    amend::parse_target(config);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return {};
}

std::string refusal(const std::string& url) {
  TargetConfig config;
  config.url = url;
  return refusal_of(config);
}

std::string proxy_refusal(const std::string& proxy) {
  TargetConfig config;
  config.url = "https://example.com";
  config.proxy = proxy;
  return refusal_of(config);
}

}  // namespace

TEST_CASE("target: host, port, authority and path of an address") {
  const Target plain_target = target("https://gateway.wonder.today");
  CHECK(plain_target.tls);
  CHECK(plain_target.host == "gateway.wonder.today");
  CHECK(plain_target.port == "443");
  CHECK(plain_target.authority == "gateway.wonder.today");
  CHECK(plain_target.path_prefix.empty());
  CHECK_FALSE(plain_target.loopback);
  CHECK_FALSE(plain_target.literal_address);

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

TEST_CASE("target: every number that is no port is refused, also where it would be one modulo 65,536") {
  const auto is_refused = [](const std::string& url, const std::string& proxy) {
    TargetConfig config;
    config.url = url;
    config.proxy = proxy;
    try {
      amend::parse_target(config);
    } catch (const ConfigError& error) {
      return std::string_view(error.what()).find("1 to 65535") != std::string_view::npos;
    }
    return false;
  };
  for (const long port : {0L, 65'536L, 65'537L, 65'979L, 72'817L, 99'999L, 131'515L, 4'294'967'739L}) {
    CAPTURE(port);
    CHECK(is_refused("https://example.com:" + std::to_string(port), {}));
    CHECK(is_refused("https://example.com", "http://127.0.0.1:" + std::to_string(port)));
    CHECK(is_refused("https://example.com", "127.0.0.1:" + std::to_string(port)));
  }
  for (const char* port : {"1", "443", "65535"}) CHECK(target("https://example.com:" + std::string(port)).port == port);
  CHECK(target("https://example.com:00443").authority == "example.com");
}

TEST_CASE("target: a scheme in capitals and a port that is left out behind its colon") {
  CHECK(target("HTTPS://Example.com").tls);
  const Target plain_target = target("Http://127.0.0.1:");
  CHECK_FALSE(plain_target.tls);
  CHECK(plain_target.port == "80");
  CHECK(plain_target.authority == "127.0.0.1");
  CHECK(target("https://example.com:/v2").port == "443");
}

TEST_CASE("target: a dot at the end of the host is for the resolver only") {
  const Target complete = target("https://API.example.com.:8443");
  CHECK(complete.host == "api.example.com");
  CHECK(complete.resolved_name == "api.example.com.");
  CHECK(complete.authority == "api.example.com:8443");
  CHECK(target("https://api.example.com").resolved_name == "api.example.com");
  CHECK(target("https://localhost.").loopback);
  const Target address = target("https://127.0.0.1.");
  CHECK(address.literal_address);
  CHECK(address.resolved_name == "127.0.0.1");
  CHECK(amend::is_exempt_from_proxy("api.example.com.", "example.com"));
  CHECK(amend::is_exempt_from_proxy("api.example.com", "example.com."));
}

TEST_CASE("target: a path that only looks a little like the API's own is a gateway's") {
  for (const char* path : {"/svc", "/svc/payments", "/payment/api/v1", "/my/svc/payment2", "/openapi/customers"}) {
    CAPTURE(path);
    CHECK(target("https://h" + std::string(path)).path_prefix == path);
  }
  CHECK(refusal("https://h/gw/svc/payment/api/v2").find("\"/svc/payment/api/v2\"") != std::string::npos);
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
  for (const char* url : {"",
                          "gateway.wonder.today",
                          "ftp://example.com",
                          "https://",
                          "https:///path",
                          "https://user@example.com",
                          "https://user:secret@example.com",
                          "https://example.com/?a=b",
                          "https://example.com/#x",
                          "https://example.com:0",
                          "https://example.com:65536",
                          "https://example.com:999999",
                          "https://exa mple.com",
                          "https://[::1",
                          "wss://example.com",
                          "https://.",
                          "https://exa%0d%0aX:%20y",
                          "https://b%C3%BCcher.example",
                          "https://h/svc/payment",
                          "https://h/svc/payment/api/v1/openapi",
                          "https://h/gw/svc/payment/api/v1/openapi/customers/"}) {
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
  for (const char* without_scheme : {"proxy.example:3128", "Proxy.Example:3128/", "HTTP://proxy.example:3128"}) {
    config.proxy = without_scheme;
    CHECK(amend::parse_target(config).proxy_host == "proxy.example");
    CHECK(amend::parse_target(config).proxy_port == "3128");
  }
  config.proxy = "proxy.example";
  CHECK(amend::parse_target(config).proxy_port == "80");
  config.proxy = "http://[::1]";
  CHECK(amend::parse_target(config).proxy_host == "::1");
  CHECK(amend::parse_target(config).proxy_port == "80");
  CHECK(amend::parse_target(config).loopback);
  for (const char* bad :
       {"https://p", "socks5://p:1080", "http://user:secret@p:3128", "http://p/x", "http://p?q", "p:3128x",
        "http://p:0", "http://p:70000", "http://", "user:secret@p:3128", "http:p:3128", "p/x", "http://."}) {
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

TEST_CASE("target: what is wrong with --url or --proxy is said in these words") {
  const std::string url_form = "; expected something like https://gateway-stg.wonder.today";
  CHECK(refusal("") == "--url is missing. Give the API's address with --url, or set AMEND_URL");
  CHECK(refusal("not a url") == "--url: \"not a url\" is not a URL" + url_form);
  CHECK(refusal("https://me@example.com") == "--url: remove the user information from the URL" + url_form);
  CHECK(refusal("https://example.com/?a=b") == "--url: remove the query or fragment from the URL" + url_form);
  CHECK(refusal("https://example.com/#a") == "--url: remove the query or fragment from the URL" + url_form);
  CHECK(refusal("ftp://example.com") == "--url: the scheme must be https" + url_form);
  CHECK(refusal("https:///path") == "--url: the host is missing" + url_form);
  CHECK(refusal("https://example.com:70000") == "--url: the port is not a number from 1 to 65535" + url_form);
  CHECK(refusal("http://example.com") ==
        "--url: plain http:// sends customers' data unencrypted. Use https://, or --allow-http if you trust this "
        "network");
  const std::string proxy_form = "; expected something like http://proxy.example.com:3128";
  CHECK(proxy_refusal("http://a b") == "--proxy: this is not a URL" + proxy_form);
  CHECK(proxy_refusal("http://me:secret@proxy") == "--proxy: credentials for a proxy are not supported" + proxy_form);
  CHECK(proxy_refusal("https://proxy") == "--proxy: only http:// proxies are supported" + proxy_form);
  CHECK(proxy_refusal("http://proxy/path") == "--proxy: remove the path or query" + proxy_form);
  CHECK(proxy_refusal("http://:3128") == "--proxy: the host is missing" + proxy_form);
}
