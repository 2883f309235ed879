// Whom we talk to: certificates that must be refused before a byte of a request leaves, and mutual TLS.
#include <doctest/doctest.h>

#include "amend/error.hpp"
#include "session_client.hpp"

using namespace test;
using amend::CloseCause;
using amend::OpenError;

namespace {

const Script answer_one = [](Peer& peer) {
  peer.expect(1);
  peer.send(answer(200, "{}"));
};

ServerTls server_with(const std::string& certificate) {
  return ServerTls(certificates() + "/" + certificate, certificates() + "/server.key");
}

}  // namespace

TEST_CASE("tls: a certificate we must not trust is refused before any byte of a request") {
  std::string certificate;
  std::string reason;
  SUBCASE("expired") { certificate = "expired.pem", reason = "expired"; }
  SUBCASE("for another host") { certificate = "wrong-host.pem", reason = "address mismatch"; }
  SUBCASE("by an unknown authority") { certificate = "unknown-authority.pem", reason = "issuer certificate"; }
  ScriptedServer server({answer_one, answer_one}, server_with(certificate));
  SessionClient client(tls_to(server.port()));
  const auto opened = client.open();
  CHECK(opened.error == OpenError::certificate_refused);
  CHECK_MESSAGE(opened.text.find(reason) != std::string::npos, opened.text);
  CHECK(client->capacity() == 0);
  CHECK(client.open().error == OpenError::certificate_refused);
  CHECK(server.wait_until_closed(2));
  CHECK(server.bytes_received() == 0);
}

TEST_CASE("tls: a certificate for the name is accepted for the name, one for another name is not") {
  SUBCASE("right") {
    ScriptedServer server({answer_one}, server_with("server.pem"));
    ClientSetup setup = tls_to(server.port());
    setup.target.url = "https://localhost:" + server.port();
    setup.target.ipv4_only = true;
    SessionClient client(setup);
    const auto opened = client.open();
    CHECK_MESSAGE(opened.error == OpenError::none, opened.text);
  }
  SUBCASE("wrong") {
    ScriptedServer server({answer_one}, server_with("wrong-host.pem"));
    ClientSetup setup = tls_to(server.port());
    setup.target.url = "https://localhost:" + server.port();
    setup.target.ipv4_only = true;
    SessionClient client(setup);
    const auto opened = client.open();
    CHECK(opened.error == OpenError::certificate_refused);
    CHECK_MESSAGE(opened.text.find("ostname mismatch") != std::string::npos, opened.text);
  }
}

TEST_CASE("tls: the system's authorities do not know ours") {
  ScriptedServer server({answer_one}, server_with("server.pem"));
  ClientSetup setup = tls_to(server.port());
  setup.target.ca_file.clear();
  SessionClient client(setup);
  CHECK(client.open().error == OpenError::certificate_refused);
  CHECK(server.wait_until_closed(1));
  CHECK(server.bytes_received() == 0);
}

TEST_CASE("tls: says which protocol and cipher were agreed, and with whom") {
  ScriptedServer server({answer_one}, server_with("server.pem"));
  SessionClient client(tls_to(server.port()));
  CHECK(client->security().empty());
  REQUIRE(client.open().error == OpenError::none);
  CHECK(client->security().starts_with("TLSv1.3, TLS_"));
  CHECK(client->peer() == "127.0.0.1:" + server.port());
}

TEST_CASE("tls: a server that speaks plain HTTP is a failed handshake, not a refused certificate") {
  ScriptedServer server({[](Peer& peer) { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"); }});
  SessionClient client(tls_to(server.port()));
  CHECK(client.open().error == OpenError::handshake_failed);
}

TEST_CASE("tls: a server that hangs up during the handshake is a failed handshake") {
  ScriptedServer server({[](Peer& peer) { peer.finish_rudely(); }});
  SessionClient client(tls_to(server.port()));
  CHECK(client.open().error == OpenError::handshake_failed);
}

TEST_CASE("tls: a client certificate is shown to a server that asks for one") {
  const std::string pem = certificates() + "/client.pem";
  const std::string key = certificates() + "/client.key";
  const auto made = run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                         "-subj", "/CN=a client", "-days", "2", "-keyout", key, "-out", pem});
  REQUIRE_MESSAGE(made.code == 0, made.err);
  const ServerTls asks(certificates() + "/server.pem", certificates() + "/server.key", pem);

  SUBCASE("with --client-cert the request is answered") {
    ScriptedServer server({answer_one}, asks);
    ClientSetup setup = tls_to(server.port());
    setup.target.client_cert = pem;
    setup.target.client_key = key;
    SessionClient client(setup);
    REQUIRE(client.open().error == OpenError::none);
    client.send({1});
    CHECK(client.next().tags == Tags{1});
  }
  SUBCASE("without it nothing is answered") {
    ScriptedServer server({answer_one}, asks);
    SessionClient client(tls_to(server.port()));
    // With TLS 1.3 the client is through before the server refuses it.
    if (client.open().error == OpenError::none) {
      client.send({1});
      const Seen seen = client.next();
      CHECK(seen.tags.empty());
      // An alert, or no more than the end of the stream, as the server's timing will have it.
      CHECK((seen.closed == CloseCause::lost || seen.closed == CloseCause::ended));
      CHECK(seen.unanswered == Tags{1});
    }
    CHECK(server.wait_until_closed(1));
    CHECK(server.bytes_received() == 0);
  }
}

TEST_CASE("tls: files that cannot be used are named with their option, before anything is connected") {
  const auto why = [](const ClientSetup& setup) {
    try {
      const SessionClient client(setup);
    } catch (const amend::ConfigError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  ClientSetup setup = tls_to("1");
  SUBCASE("no such authority file") {
    setup.target.ca_file = certificates() + "/absent.pem";
    CHECK(why(setup).find("--ca-file") != std::string::npos);
  }
  SUBCASE("a certificate without its key") {
    setup.target.client_cert = certificates() + "/server.pem";
    CHECK(why(setup).find("--client-key") != std::string::npos);
  }
  SUBCASE("another certificate's key") {
    setup.target.client_cert = certificates() + "/server.pem";
    setup.target.client_key = certificates() + "/app.key";
    CHECK(why(setup).find("--client-key") != std::string::npos);
  }
  SUBCASE("a key that others can read") {
    const TempDir dir;
    write_file(dir.file("open.key"), read_file(certificates() + "/server.key"), 0644);
    setup.target.client_cert = certificates() + "/server.pem";
    setup.target.client_key = dir.file("open.key");
    CHECK(why(setup).find("--client-key") != std::string::npos);
  }
}
