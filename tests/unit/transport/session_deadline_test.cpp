// The session's contract when time passes or the connection ends: deadlines, idle connections, loss, close.
#include <doctest/doctest.h>

#include <chrono>

#include "session_client.hpp"

using namespace test;
using namespace std::chrono_literals;
using amend::CloseCause;
using amend::OpenError;

TEST_CASE("session: the answer deadline counts from being the oldest: ten slow answers in a row do not time out") {
  ScriptedServer server({[](Peer& peer) {
    peer.expect(10);
    for (int i = 0; i < 10; ++i) {
      peer.idle(60ms);
      peer.send(ok);
    }
  }});
  ClientSetup setup = plain_to(server.port());
  setup.depth = 10;
  setup.deadline.response = 300ms;  // half of what the last answer takes
  SessionClient client(setup);
  require_open(client);
  client.send({0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  const Seen seen = client.collect(10);
  CHECK(seen.closed == CloseCause::open);
  CHECK(seen.tags.size() == 10);
}

TEST_CASE("session: no complete answer within the deadline closes with `timeout`") {
  std::string partial;
  SUBCASE("nothing comes") { partial = ""; }
  SUBCASE("a head without an end") { partial = "HTTP/1.1 200 OK\r\nContent-Le"; }
  SUBCASE("half a body") { partial = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"a\""; }
  const Script script = [&](Peer& peer) {
    peer.expect(3);
    peer.send(ok + partial);
  };
  ScriptedServer server({script, answer_one_and_finish});
  ClientSetup setup = plain_to(server.port());
  setup.deadline.response = 100ms;
  SessionClient client(setup);
  require_open(client);
  const auto start = std::chrono::steady_clock::now();
  client.send({1, 2, 3});
  const Seen seen = client.collect_to_the_end();
  CHECK(std::chrono::steady_clock::now() - start >= 100ms);
  CHECK(seen.tags == Tags{1});
  CHECK(seen.closed == CloseCause::timeout);
  CHECK(seen.unanswered == Tags{2, 3});
  require_open(client);
  CHECK(client->capacity() == 1);
}

TEST_CASE("session: an idle connection has no deadline, and the clock starts anew with the next request") {
  Gate rested;
  ScriptedServer server({[&rested](Peer& peer) {
    peer.expect(1);
    peer.send(ok);
    peer.idle(300ms);
    rested.open();
    peer.expect(1);
    peer.idle(60ms);
    peer.send(ok);
  }});
  ClientSetup setup = plain_to(server.port());
  setup.deadline.response = 200ms;
  SessionClient client(setup);
  require_open(client);
  client.send({1});
  CHECK(client.next().tags == Tags{1});
  REQUIRE(rested.wait());
  client.send({2});
  CHECK(client.next().tags == Tags{2});
}

TEST_CASE("session: a server that trickles a body byte by byte does not get beyond the deadline") {
  ScriptedServer server({[](Peer& peer) {
    peer.expect(1);
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n");
    for (;;) {
      peer.idle(5ms);
      peer.send("x");
    }
  }});
  ClientSetup setup = plain_to(server.port());
  setup.deadline.response = 150ms;
  SessionClient client(setup);
  require_open(client);
  client.send({1});
  const Seen seen = client.next();
  CHECK(seen.closed == CloseCause::timeout);
  CHECK(seen.tags.empty());
}

TEST_CASE("session: a server that takes no connection meets the connect deadline") {
  const DeafPort deaf;
  ClientSetup setup = plain_to(deaf.port());
  setup.deadline.connect = 100ms;
  SessionClient client(setup);
  CHECK(client.open().error == OpenError::timeout);
  CHECK(client->capacity() == 0);
}

TEST_CASE("session: close() while one address of several is tried leaves the others alone") {
  const DeafPort deaf;  // on 127.0.0.1; localhost is ::1 as well
  ClientSetup setup = plain_to(deaf.port());
  setup.target.url = "http://localhost:" + deaf.port();
  setup.deadline.connect = 20s;
  SessionClient client(setup);
  const auto opened = client.close_while_opening();
  CHECK(opened.error == OpenError::unreachable);
  CHECK(opened.text == "closed by us");
}

TEST_CASE("session: a server that never answers the TLS handshake meets the connect deadline, and may be tried again") {
  const Script mute = [](Peer& peer) { peer.wait_for_end(); };
  ScriptedServer server({mute, mute});
  ClientSetup setup = tls_to(server.port());
  setup.deadline.connect = 100ms;
  SessionClient client(setup);
  CHECK(client.open().error == OpenError::broken_off);
  CHECK(client.open().error == OpenError::broken_off);
  CHECK(server.wait_until_closed(2));
}

TEST_CASE("session: a refused connection is `refused`, and the text names the address") {
  std::string port;
  {
    const ScriptedServer gone({});
    port = gone.port();
  }
  SessionClient client(plain_to(port));
  const auto opened = client.open();
  CHECK(opened.error == OpenError::refused);
  CHECK(opened.text.find("127.0.0.1:" + port) != std::string::npos);
}

TEST_CASE("session: answers that were delivered before the connection broke count, also when a write fails first") {
  const Script script = [](Peer& peer) {
    peer.expect(3);
    peer.send(answer(200, "a") + answer(200, "b"));
    peer.reset();
  };
  with_and_without_tls({script}, [](SessionClient& client, ScriptedServer& server) {
    require_open(client);
    client.send({1, 2, 3});
    REQUIRE(server.wait_until_closed(1));
    client.send({4});  // into a connection that is no more
    CHECK(client->capacity() == 0);
    const Seen seen = client.collect_to_the_end();
    CHECK(seen.tags == Tags{1, 2});
    CHECK(seen.bodies == std::vector<std::string>{"a", "b"});
    CHECK((seen.closed == CloseCause::lost || seen.closed == CloseCause::ended));
    CHECK(seen.unanswered == Tags{3, 4});
  });
}

TEST_CASE("session: a server that closed an idle connection before it saw the request is nobody's fault") {
  Gate closed;
  Gate closed_tls;
  Gate* gate = &closed;
  const Script script = [&](Peer& peer) {
    peer.expect(1);
    peer.send(ok);
    peer.finish();
    gate->open();
  };
  with_and_without_tls({script}, [&](SessionClient& client, ScriptedServer&) {
    require_open(client);
    client.send({1});
    CHECK(client.next().tags == Tags{1});
    REQUIRE(gate->wait());
    client.send({2, 3});
    const Seen seen = client.next();
    CHECK(seen.closed == CloseCause::ended);
    CHECK(seen.idle_race);
    CHECK(seen.unanswered == Tags{2, 3});
    gate = &closed_tls;
  });
}

TEST_CASE("session: a new connection that ends at the first request is no idle race, nor one that had answered since") {
  const Script at_once = [](Peer& peer) {
    peer.expect(1);
    peer.finish();
  };
  const Script in_the_middle = [](Peer& peer) {
    peer.expect(1);
    peer.send(ok);
    peer.expect(2);
    peer.send(ok);
    peer.finish();
  };
  ScriptedServer server({at_once, in_the_middle});
  SessionClient client(plain_to(server.port()));
  require_open(client);
  client.send({1});
  CHECK_FALSE(client.next().idle_race);
  require_open(client);
  client.send({2});
  CHECK(client.next().tags == Tags{2});
  client.send({3, 4});
  const Seen seen = client.collect_to_the_end();
  CHECK(seen.tags == Tags{3});
  CHECK(seen.unanswered == Tags{4});
  CHECK_FALSE(seen.idle_race);
}

TEST_CASE("session: a body that ends with the connection is complete after FIN, and after close_notify with TLS") {
  const Script script = [](Peer& peer) {
    peer.expect(2);
    peer.send("HTTP/1.1 200 OK\r\n\r\n{\"whole\":1}");
    peer.finish();
  };
  with_and_without_tls({script}, [](SessionClient& client, ScriptedServer&) {
    require_open(client);
    client.send({1, 2});
    const Seen seen = client.collect_to_the_end();
    CHECK(seen.tags == Tags{1});
    CHECK(seen.bodies == std::vector<std::string>{"{\"whole\":1}"});
    CHECK(seen.closed == CloseCause::announced);
    CHECK(seen.unanswered == Tags{2});
  });
}

TEST_CASE("session: with TLS a body that ends with the connection is not complete without close_notify") {
  ScriptedServer server({[](Peer& peer) {
                          peer.expect(1);
                          peer.send("HTTP/1.1 200 OK\r\n\r\n{\"whole\":1}");
                          peer.finish_rudely();
                        }},
                        server_tls());
  SessionClient client(tls_to(server.port()));
  require_open(client);
  client.send({1});
  const Seen seen = client.next();
  CHECK(seen.tags.empty());
  CHECK(seen.closed == CloseCause::lost);
  CHECK(seen.unanswered == Tags{1});
}

TEST_CASE("session: a counted body that was cut is never an answer") {
  const Script script = [](Peer& peer) {
    peer.expect(2);
    peer.send(ok + "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{\"half\":");
    peer.finish();
  };
  with_and_without_tls({script}, [](SessionClient& client, ScriptedServer&) {
    require_open(client);
    client.send({1, 2});
    const Seen seen = client.collect_to_the_end();
    CHECK(seen.tags == Tags{1});
    CHECK((seen.closed == CloseCause::ended || seen.closed == CloseCause::lost));
    CHECK(seen.unanswered == Tags{2});
  });
}

TEST_CASE("session: close() lets a waiting next() come back with `local` and what was in flight") {
  const Script silent = [](Peer& peer) { peer.expect(2); };
  with_and_without_tls({silent}, [](SessionClient& client, ScriptedServer& server) {
    require_open(client);
    client.send({1, 2});
    const Seen seen = client.close_while_waiting();
    CHECK(seen.closed == CloseCause::local);
    CHECK(seen.unanswered == Tags{1, 2});
    CHECK(client->capacity() == 0);
    CHECK(server.wait_until_closed(1));
  });
}

TEST_CASE("session: is opened again and again, and a close of our own puts the next connection under no suspicion") {
  const std::vector<Script> scripts(5, answer_one_and_finish);
  with_and_without_tls(scripts, [](SessionClient& client, ScriptedServer& server) {
    for (std::uint32_t i = 0; i < 5; ++i) {
      require_open(client);
      CHECK(client->capacity() == 8);
      client.send({i});
      CHECK(client.next().tags == Tags{i});
      client->close();
    }
    CHECK(server.wait_until_closed(5));
    CHECK(server.connections() == 5);
  });
}
