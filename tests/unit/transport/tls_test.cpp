// Whom we talk to: certificates that must be refused before a byte of a request leaves, and mutual TLS.
#include <doctest/doctest.h>
#include <openssl/ssl.h>

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

TEST_CASE("tls: a common name is not a host name, whatever else the certificate lists") {
  for (const std::string names : {"", "IP:10.0.0.1", "DNS:other.example", "DNS:localhost"}) {
    CAPTURE(names);
    const std::string pem = certificates() + "/named.pem";
    const std::string key = certificates() + "/named.key";
    std::vector<std::string> command{
        "openssl", "req",   "-x509",         "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
        "-nodes",  "-subj", "/CN=localhost", "-days",   "2",  "-keyout",  key,
        "-out",    pem};
    if (!names.empty()) command.insert(command.end(), {"-addext", "subjectAltName=" + names});
    const auto made = run(command);
    REQUIRE_MESSAGE(made.code == 0, made.err);
    ScriptedServer server({answer_one}, ServerTls(pem, key));
    ClientSetup setup("https://localhost:" + server.port());
    setup.target.ca_file = pem;
    setup.target.ipv4_only = true;
    SessionClient client(setup);
    const auto opened = client.open();
    CAPTURE(opened.text);
    if (names == "DNS:localhost") {
      CHECK(opened.error == OpenError::none);
      continue;
    }
    CHECK(opened.error == OpenError::certificate_refused);
    const bool lists = names.starts_with("DNS:");
    CHECK(opened.text.find(lists ? "it is for other.example" : "it lists no host name") != std::string::npos);
    CHECK(server.bytes_received() == 0);
  }
}

TEST_CASE("tls: a dot at the end of the host is no part of the name that the certificate must have") {
  ScriptedServer server({answer_one}, server_with("server.pem"));
  ClientSetup setup = tls_to(server.port());
  setup.target.url = "https://localhost.:" + server.port();
  setup.target.ipv4_only = true;
  SessionClient client(setup);
  const auto opened = client.open();
  CHECK_MESSAGE(opened.error == OpenError::none, opened.text);
}

TEST_CASE("tls: an expired certificate is shown with its dates and this machine's clock") {
  ScriptedServer server({answer_one}, server_with("expired.pem"));
  SessionClient client(tls_to(server.port()));
  const auto opened = client.open();
  CAPTURE(opened.text);
  CHECK(opened.text.find("it is valid from 20") != std::string::npos);
  CHECK(opened.text.find("the clock of this machine shows 20") != std::string::npos);
  CHECK(opened.text.find("Is the clock right?") != std::string::npos);
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
  const auto opened = client.open();
  CHECK(opened.error == OpenError::handshake_failed);
  CHECK_MESSAGE(opened.text.find("does not speak TLS on this port") != std::string::npos, opened.text);
}

TEST_CASE("tls: a server that hangs up during the handshake is a failed handshake") {
  ScriptedServer server({[](Peer& peer) { peer.finish_rudely(); }});
  SessionClient client(tls_to(server.port()));
  CHECK(client.open().error == OpenError::handshake_failed);
}

TEST_CASE("tls: a server that wants another handshake in the middle gets none; what it was sent before is answered") {
  ServerTls tls = server_with("server.pem");
  tls.version_max = TLS1_2_VERSION;
  const Script asks_again = [](Peer& peer) {
    peer.expect(2);
    peer.send(answer(200, "{}"));
    peer.ask_for_handshake();
    peer.send(answer(200, "{}"));
    peer.wait_for_end();
  };
  SUBCASE("while requests are unanswered") {
    ScriptedServer server({asks_again}, tls);
    SessionClient client(tls_to(server.port()));
    REQUIRE(client.open().error == OpenError::none);
    client.send({1, 2});
    const Seen seen = client.collect_to_the_end();
    CHECK(seen.tags == Tags{1, 2});
    CHECK(seen.closed == CloseCause::announced);
    CHECK(seen.unanswered.empty());
  }
  SUBCASE("while nothing is") {
    ScriptedServer server({[](Peer& peer) {
                            peer.ask_for_handshake();
                            peer.wait_for_end();
                          }},
                          tls);
    SessionClient client(tls_to(server.port()));
    REQUIRE(client.open().error == OpenError::none);
    CHECK(client.next().closed == CloseCause::announced);
    CHECK(client->capacity() == 0);
  }
}

TEST_CASE("tls: a server that offers only old versions is named as such") {
  for (const int version : {TLS1_VERSION, TLS1_1_VERSION}) {
    ServerTls tls = server_with("server.pem");
    tls.version_max = version;
    ScriptedServer server({answer_one}, tls);
    SessionClient client(tls_to(server.port()));
    const auto opened = client.open();
    CHECK(opened.error == OpenError::handshake_failed);
    CHECK_MESSAGE(opened.text.find("older than 1.2") != std::string::npos, opened.text);
  }
}

TEST_CASE("tls: with TLS 1.2, too, a missing client certificate is named") {
  ServerTls tls = server_with("server.pem");
  tls.client_ca = certificates() + "/ca.pem";
  tls.version_max = TLS1_2_VERSION;
  ScriptedServer server({answer_one}, tls);
  SessionClient client(tls_to(server.port()));
  const auto opened = client.open();
  CHECK(opened.error == OpenError::client_certificate_refused);
  CHECK_MESSAGE(opened.text.find("--client-cert") != std::string::npos, opened.text);
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
      CHECK(seen.closed == CloseCause::refused);
      CHECK_MESSAGE(seen.text.find("--client-cert") != std::string::npos, seen.text);
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
    CHECK(why(setup).find("cannot be opened: No such file") != std::string::npos);
  }
  SUBCASE("an authority file that is a folder, empty, damaged, or holds no certificate") {
    const TempDir dir;
    const std::string whole = read_file(certificates() + "/ca.pem");
    write_file(dir.file("empty"), "");
    write_file(dir.file("cut"), whole.substr(0, 200) + "\n-----END CERTIFICATE-----\n");
    write_file(dir.file("second"), whole + whole.substr(0, 200));
    write_file(dir.file("key"), read_file(certificates() + "/server.key"));
    for (const auto& [name, words] : {std::pair{"", "cannot be read: Is a directory"}, std::pair{"empty", "is empty"},
                                      std::pair{"cut", "damaged or cut off"}, std::pair{"second", "damaged or cut off"},
                                      std::pair{"key", "no certificate in PEM form"}}) {
      setup.target.ca_file = dir.file(name);
      CHECK_MESSAGE(why(setup).find(words) != std::string::npos, why(setup));
    }
  }
  SUBCASE("a certificate without its key") {
    setup.target.client_cert = certificates() + "/server.pem";
    CHECK(why(setup).find("--client-key") != std::string::npos);
  }
  SUBCASE("another certificate's key") {
    setup.target.client_cert = certificates() + "/server.pem";
    setup.target.client_key = certificates() + "/app.key";
    CHECK(why(setup).find("--client-key") != std::string::npos);
    CHECK_MESSAGE(why(setup).find("does not match the certificate") != std::string::npos, why(setup));
  }
  SUBCASE("a key that others can read") {
    const TempDir dir;
    write_file(dir.file("open.key"), read_file(certificates() + "/server.key"), 0644);
    setup.target.client_cert = certificates() + "/server.pem";
    setup.target.client_key = dir.file("open.key");
    CHECK(why(setup).find("--client-key") != std::string::npos);
  }
}
