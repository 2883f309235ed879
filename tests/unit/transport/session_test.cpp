// The session's contract, against a scripted server. Plain and with TLS wherever bytes are framed.
#include <doctest/doctest.h>

#include <chrono>

#include "session_client.hpp"

using namespace test;
using namespace std::chrono_literals;
using amend::CloseCause;
using amend::OpenError;

TEST_CASE("session: answers are paired with requests in the order of sending") {
  const Script script = [](Peer& peer) {
    peer.expect(8);
    for (int i = 0; i < 8; ++i) peer.send(answer(200, std::to_string(i)));
  };
  with_and_without_tls({script}, [](SessionClient& client, ScriptedServer&) {
    require_open(client);
    client.send({70, 60, 50, 40, 30, 20, 10, 0});
    CHECK(client->in_flight() == 8);
    CHECK(client->capacity() == 0);
    const Seen seen = client.collect(8);
    CHECK(seen.tags == Tags{70, 60, 50, 40, 30, 20, 10, 0});
    CHECK(seen.bodies.back() == "7");
    CHECK(seen.closed == CloseCause::open);
    CHECK(client->capacity() == 8);
  });
}

TEST_CASE("session: nothing is sent before flush, and then all of it") {
  ScriptedServer server({[](Peer& peer) {
    peer.expect(3);
    peer.send(ok + ok + ok);
  }});
  SessionClient client(plain_to(server.port()));
  require_open(client);
  client.submit(1);
  client.submit(2);
  client.submit(3);
  CHECK(server.bytes_received() == 0);
  client->flush();
  CHECK(client.collect(3).tags == Tags{1, 2, 3});
}

TEST_CASE("session: an answer split at any byte is the same answer") {
  const std::string reply = answer(200, R"({"data":1})", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  const Script script = [&](Peer& peer) {
    for (std::size_t at = 1; at < reply.size(); ++at) {
      peer.expect(1);
      peer.send(reply.substr(0, at));
      peer.send(reply.substr(at));
    }
  };
  with_and_without_tls({script}, [&](SessionClient& client, ScriptedServer&) {
    require_open(client);
    for (std::uint32_t at = 1; at < reply.size(); ++at) {
      client.send({at});
      const Seen seen = client.next();
      REQUIRE(seen.tags == Tags{at});
      REQUIRE(seen.bodies.front() == R"({"data":1})");
    }
  });
}

TEST_CASE("session: a body of several TLS records and buffers arrives whole") {
  const std::string large(300'000, 'x');
  with_and_without_tls({[&](Peer& peer) {
                         peer.expect(2);
                         peer.send(answer(200, large) + ok);
                       }},
                       [&](SessionClient& client, ScriptedServer&) {
                         require_open(client);
                         client.send({1, 2});
                         const Seen seen = client.collect(2);
                         CHECK(seen.tags == Tags{1, 2});
                         CHECK(seen.bodies.front() == large);
                       });
}

TEST_CASE("session: requests larger than the socket's buffer are sent while answers are read") {
  const std::string large(2'000'000, 'y');
  std::string got;
  ScriptedServer server({[&](Peer& peer) {
                          got = peer.expect(4);
                          peer.send(ok + ok + ok + ok);
                        }},
                        server_tls());
  SessionClient client(tls_to(server.port()));
  require_open(client);
  for (const std::uint32_t tag : {1U, 2U, 3U, 4U}) {
    client.submit(tag, large);
    client->flush();
  }
  CHECK(client.collect(4).tags == Tags{1, 2, 3, 4});
  CHECK(got.size() > 4 * large.size());
}

TEST_CASE("session: after an announced close the rest comes back as not processed, and bytes behind it are ignored") {
  const Script script = [](Peer& peer) {
    peer.expect(4);
    peer.send(ok + last_ok + ok + "rubbish");
  };
  with_and_without_tls({script, answer_one_and_finish}, [](SessionClient& client, ScriptedServer&) {
    require_open(client);
    client.send({1, 2, 3, 4});
    const Seen seen = client.collect_to_the_end();
    CHECK(seen.tags == Tags{1, 2});
    CHECK(seen.closed == CloseCause::announced);
    CHECK(seen.unanswered == Tags{3, 4});
    CHECK_FALSE(seen.idle_race);
    CHECK(client->capacity() == 0);
    CHECK(client->in_flight() == 0);
    SUBCASE("the next connection may be filled at once") {
      require_open(client);
      CHECK(client->capacity() == 8);
    }
  });
}

TEST_CASE(
    "session: after FIN without a word the next connection sends one request and pipelines once that is answered") {
  const Script rude = [](Peer& peer) {
    peer.expect(3);
    peer.send(ok);
    peer.finish();
  };
  with_and_without_tls({rude, answer_one_and_finish}, [](SessionClient& client, ScriptedServer&) {
    require_open(client);
    client.send({1, 2, 3});
    const Seen seen = client.collect_to_the_end();
    CHECK(seen.tags == Tags{1});
    CHECK(seen.closed == CloseCause::ended);
    CHECK(seen.unanswered == Tags{2, 3});
    require_open(client);
    CHECK(client->capacity() == 1);
    client.send({4});
    CHECK(client->capacity() == 0);
    CHECK(client.next().tags == Tags{4});
    CHECK(client->capacity() == 8);
  });
}

TEST_CASE("session: a reset is `lost`, and the next connection has to prove itself as well") {
  const Script reset = [](Peer& peer) {
    peer.expect(2);
    peer.reset();
  };
  with_and_without_tls({reset, answer_one_and_finish}, [](SessionClient& client, ScriptedServer&) {
    require_open(client);
    client.send({1, 2});
    const Seen seen = client.next();
    CHECK(seen.closed == CloseCause::lost);
    CHECK(seen.tags.empty());
    CHECK(seen.unanswered == Tags{1, 2});
    CHECK_FALSE(seen.idle_race);
    CHECK_FALSE(seen.text.empty());
    require_open(client);
    CHECK(client->capacity() == 1);
  });
}

TEST_CASE("session: a connection that must prove itself and dies again leaves the next one under suspicion") {
  const Script reset = [](Peer& peer) {
    peer.expect(1);
    peer.reset();
  };
  ScriptedServer server({reset, reset, answer_one_and_finish});
  SessionClient client(plain_to(server.port()));
  for (const std::uint32_t tag : {1U, 2U}) {
    require_open(client);
    client.send({tag});
    CHECK(client.next().unanswered == Tags{tag});
  }
  require_open(client);
  CHECK(client->capacity() == 1);
}

TEST_CASE("session: an answer nobody asked for poisons the connection") {
  SUBCASE("in the same breath as the one that was asked for") {
    with_and_without_tls({[](Peer& peer) {
                           peer.expect(1);
                           peer.send(ok + ok);
                         }},
                         [](SessionClient& client, ScriptedServer&) {
                           require_open(client);
                           client.send({1});
                           const Seen seen = client.collect_to_the_end();
                           CHECK(seen.tags == Tags{1});
                           CHECK(seen.closed == CloseCause::protocol);
                           CHECK(client->capacity() == 0);
                         });
  }
  SUBCASE("while nothing is outstanding") {
    Gate idle;
    ScriptedServer server({[&](Peer& peer) {
      peer.expect(1);
      peer.send(ok);
      idle.wait();
      peer.send(ok);
    }});
    SessionClient client(plain_to(server.port()));
    require_open(client);
    client.send({1});
    CHECK(client.next().tags == Tags{1});
    idle.open();
    const Seen seen = client.next();
    CHECK(seen.tags.empty());
    CHECK(seen.closed == CloseCause::protocol);
    CHECK(client->capacity() == 0);
  }
  SUBCASE("before anything was asked") {
    ScriptedServer server({[](Peer& peer) { peer.send(ok); }});
    SessionClient client(plain_to(server.port()));
    require_open(client);
    const Seen seen = client.next();
    CHECK(seen.tags.empty());
    CHECK(seen.closed == CloseCause::protocol);
  }
}

TEST_CASE("session: bytes that are no answer end the connection; answers before them count, none after") {
  with_and_without_tls({[](Peer& peer) {
                         peer.expect(3);
                         peer.send(ok + "SSH-2.0-OpenSSH_9.2\r\n" + ok);
                       }},
                       [](SessionClient& client, ScriptedServer&) {
                         require_open(client);
                         client.send({1, 2, 3});
                         const Seen seen = client.collect_to_the_end();
                         CHECK(seen.tags == Tags{1});
                         CHECK(seen.closed == CloseCause::protocol);
                         CHECK(seen.unanswered == Tags{2, 3});
                         CHECK_FALSE(seen.text.empty());
                       });
}

TEST_CASE("session: interim answers are skipped, the pairing is unchanged") {
  ScriptedServer server({[](Peer& peer) {
    peer.expect(2);
    peer.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + answer(200, "a") + "HTTP/1.1 100 Continue\r\n\r\n" +
              answer(200, "b"));
  }});
  SessionClient client(plain_to(server.port()));
  require_open(client);
  client.send({1, 2});
  const Seen seen = client.collect(2);
  CHECK(seen.tags == Tags{1, 2});
  CHECK(seen.bodies == std::vector<std::string>{"a", "b"});
}

TEST_CASE("session: after distrust() the next connection sends one request until it is answered") {
  const Script answer_all = [](Peer& peer) {
    peer.expect(1);
    peer.send(ok);
  };
  ScriptedServer server({answer_all, answer_all});
  SessionClient client(plain_to(server.port()));
  require_open(client);
  client.send({1});
  CHECK(client.next().tags == Tags{1});
  client->distrust();
  require_open(client);
  CHECK(client->capacity() == 1);
  client.send({2});
  CHECK(client.next().tags == Tags{2});
  CHECK(client->capacity() > 1);
}

TEST_CASE(
    "session: a host that closes by its answer to each request behind another is asked one at a time, and that is "
    "said") {
  const Script refusing = [](Peer& peer) {
    peer.expect(2);
    peer.send(ok + answer(400, "", "Connection: close\r\n"));
    peer.wait_for_end();
  };
  ScriptedServer server({refusing, refusing, refusing, refusing, refusing, [](Peer& peer) {
                           peer.expect(1);
                           peer.send(ok);
                         }});
  SessionClient client(plain_to(server.port()));
  for (int i = 1; i <= 5; ++i) {
    require_open(client);
    CHECK(client->capacity() == 8);
    client.send({1, 2});
    Seen seen = client.next();
    while (seen.closed == CloseCause::open) seen = client.next();
    CHECK(seen.closed == CloseCause::announced);
    CHECK(seen.depth_fell == (i == 5));
  }
  require_open(client);
  CHECK(client->capacity() == 1);
  client.send({3});
  CHECK(client.collect(1).tags == Tags{3});
  CHECK(client->capacity() == 1);
}
