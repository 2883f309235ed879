// Connections through a proxy: the request to it, and the meaning of its responses before any request of a row.
#include <doctest/doctest.h>

#include <chrono>

#include "session_client.hpp"

using namespace std::chrono_literals;
using namespace test;
using amend::OpenError;

namespace {

// To a host that only the proxy knows.
ClientSetup through(const ScriptedServer& proxy) {
  ClientSetup setup("http://api.example:8080");
  setup.target.allow_plain_http = true;
  setup.target.proxy = "http://127.0.0.1:" + proxy.port();
  return setup;
}

amend::Opened opened_by(const std::string& answer) {
  ScriptedServer proxy({[&](Peer& peer) {
    peer.expect(1);
    peer.send(answer);
    peer.wait_for_end();
  }});
  SessionClient client(through(proxy));
  return client.open();
}

}  // namespace

TEST_CASE("proxy: is asked for a tunnel to host and port, and what follows is the server's") {
  std::string asked;
  std::string sent;
  ScriptedServer proxy({[&](Peer& peer) {
    asked = peer.expect(1);
    peer.send("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n");
    sent = peer.expect(2);
    peer.send(answer(200, "{\"n\":1}") + answer(200, "{\"n\":2}"));
    peer.wait_for_end();
  }});
  SessionClient client(through(proxy));
  REQUIRE(client.open().error == OpenError::none);
  CHECK(client->peer() == "127.0.0.1:" + proxy.port());
  client.send({1, 2});
  CHECK(client.collect(2).tags == Tags{1, 2});
  CHECK(asked == "CONNECT api.example:8080 HTTP/1.1\r\nHost: api.example:8080\r\n\r\n");
  CHECK(sent.starts_with("PUT /x HTTP/1.1\r\nHost: api.example:8080\r\n"));
}

TEST_CASE("proxy: a refusal is for a person, a proxy that does not reach the server may be asked again") {
  const auto locked = opened_by("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
  CHECK(locked.error == OpenError::proxy_refused);
  CHECK(locked.text.ends_with("the proxy requires credentials (HTTP 407), which amend does not support"));
  const auto forbidden = opened_by("HTTP/1.1 403 Filtered\r\nContent-Length: 2\r\n\r\nno");
  CHECK(forbidden.error == OpenError::proxy_refused);
  CHECK(forbidden.text.find("the proxy refuses the tunnel (HTTP 403)") != std::string::npos);
  CHECK(opened_by("HTTP/1.1 429 Too Many Requests\r\n\r\n").error == OpenError::broken_off);
  const auto gateway = opened_by("HTTP/1.0 502 Bad Gateway\r\n\r\n");
  CHECK(gateway.error == OpenError::broken_off);
  CHECK(gateway.text.find("the proxy did not open a tunnel to the server (HTTP 502)") != std::string::npos);
}

TEST_CASE("proxy: answers that are none, that never end, or that go on into the tunnel open nothing") {
  const auto no_http = opened_by("SSH-2.0-OpenSSH\r\n\r\n");
  CHECK(no_http.error == OpenError::broken_off);
  CHECK(no_http.text.ends_with("the proxy's response is not HTTP/1.1"));
  CHECK(opened_by("HTTP/1.1 2\r\n\r\n").error == OpenError::broken_off);
  CHECK(opened_by("HTTP/1.1 101 Switching\r\n\r\n").error == OpenError::broken_off);
  const auto more = opened_by("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\nx");
  CHECK(more.error == OpenError::broken_off);
  CHECK(more.text.ends_with("the proxy sent extra bytes after its response to CONNECT"));
  CHECK(opened_by("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x')).text.find("longer than 16 KiB") !=
        std::string::npos);
}

TEST_CASE("proxy: one that closes, or that stays silent, meets the connect deadline at the latest") {
  ScriptedServer closing({[](Peer& peer) {
    peer.expect(1);
    peer.finish();
  }});
  SessionClient left(through(closing));
  const Opened closed = left.open();
  CHECK(closed.error == OpenError::broken_off);
  CHECK(closed.text.ends_with("the proxy closed the connection before it opened a tunnel"));
  ScriptedServer silent({[](Peer& peer) { peer.wait_for_end(); }});
  ClientSetup setup = through(silent);
  setup.deadline.connect = 100ms;
  SessionClient waiting(setup);
  CHECK(waiting.open().error == OpenError::broken_off);
}
