// Several addresses of one host: 127.0.0.0/8 are all this machine, and a server listens at one of them.
#include "transport/connector.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "session_client.hpp"
#include "transport/address_race.hpp"

using namespace test;
using namespace std::chrono_literals;
using amend::OpenError;

namespace {

using Endpoints = std::vector<amend::Connector::Endpoint>;

// Opens as often as asked, with one memory.
class Opener {
 public:
  explicit Opener(std::chrono::milliseconds patience = 5s, amend::TlsContext* tls = nullptr)
      : connector_(io_.get_executor(), tls, memory_, patience, {}, {}) {}

  amend::Opened open(const Endpoints& endpoints) {
    std::optional<amend::Opened> opened;
    const auto began = std::chrono::steady_clock::now();
    boost::asio::co_spawn(io_, connector_.open(endpoints), [&](std::exception_ptr error, amend::Opened result) {
      if (error) std::rethrow_exception(error);
      opened.emplace(std::move(result));
    });
    io_.restart();
    io_.run_for(20s);
    took = std::chrono::steady_clock::now() - began;
    REQUIRE(opened);
    return *opened;
  }
  amend::Connector* operator->() { return &connector_; }
  amend::Connector::Endpoint tried_first(const Endpoints& endpoints) const {
    return amend::in_race_order(endpoints, memory_, std::chrono::steady_clock::now()).front();
  }

  std::chrono::nanoseconds took{0};

 private:
  boost::asio::io_context io_{1};
  amend::AddressMemory memory_;
  amend::Connector connector_;
};

amend::Connector::Endpoint at(const char* address, const std::string& port) {
  return {boost::asio::ip::make_address(address), static_cast<std::uint16_t>(std::stoi(port))};
}

const Script hold = [](Peer& peer) { peer.wait_for_end(); };

}  // namespace

TEST_CASE("connector: an address that refuses costs nothing, one that stays silent a quarter of a second, once") {
  ScriptedServer server({hold, hold, hold});
  Opener opener;
  CHECK(opener.open({at("127.0.0.9", server.port()), at("127.0.0.1", server.port())}).error == OpenError::none);
  CHECK(opener->peer() == "127.0.0.1:" + server.port());
  CHECK(opener->take_stream());

  const DeafPort deaf;
  const Endpoints silent_first{at("127.0.0.1", deaf.port()), at("127.0.0.1", server.port())};
  CHECK(opener.open(silent_first).error == OpenError::none);
  CHECK(opener.took >= 250ms);
  // Nor is it tried before the other from then on.
  CHECK(opener.tried_first(silent_first) == at("127.0.0.1", server.port()));
  CHECK(opener.open(silent_first).error == OpenError::none);
}

TEST_CASE("connector: of several failures the one that got furthest comes back, whatever their order") {
  ScriptedServer not_tls(std::vector<Script>(8, [](Peer& peer) { peer.send("HTTP/1.1 400 Bad Request\r\n\r\n"); }));
  amend::TargetConfig config;
  config.url = "https://127.0.0.1";
  amend::TlsContext tls(amend::parse_target(config), config);
  const DeafPort deaf;
  const Endpoints all{at("127.0.0.9", not_tls.port()), at("127.0.0.1", deaf.port()), at("127.0.0.1", not_tls.port())};
  for (const auto& [order, error] :
       {std::pair{Endpoints{all[0], all[1], all[2]}, OpenError::handshake_failed},
        std::pair{Endpoints{all[2], all[1], all[0]}, OpenError::handshake_failed},
        std::pair{Endpoints{all[1], all[2], all[0]}, OpenError::handshake_failed},
        std::pair{Endpoints{all[1], all[0]}, OpenError::refused}, std::pair{Endpoints{all[1]}, OpenError::timeout}}) {
    Opener opener(300ms, &tls);
    const auto opened = opener.open(order);
    CHECK_MESSAGE(opened.error == error, opened.text);
    CHECK(opened.text.starts_with(opener->peer()));
    CHECK_FALSE(opener->take_stream());
  }
}

TEST_CASE("connector: a refused certificate at one address does not keep the run from another that is right") {
  ScriptedServer wrong({hold}, ServerTls(certificates() + "/wrong-host.pem", certificates() + "/server.key"));
  ScriptedServer right({hold}, server_tls());
  amend::TargetConfig config;
  config.url = "https://127.0.0.1";
  config.ca_file = certificates() + "/ca.pem";
  amend::TlsContext tls(amend::parse_target(config), config);
  Opener opener(5s, &tls);
  CHECK(opener.open({at("127.0.0.1", wrong.port()), at("127.0.0.1", right.port())}).error == OpenError::none);
  CHECK(opener->peer() == "127.0.0.1:" + right.port());
  CHECK(wrong.bytes_received() == 0);
}

TEST_CASE("connector: with many addresses each handshake has the whole deadline") {
  std::vector<Script> slow(16, [](Peer& peer) {
    peer.idle(400ms);
    peer.finish_rudely();
  });
  ScriptedServer server(slow);  // no byte of a handshake within 400 ms
  amend::TargetConfig config;
  config.url = "https://127.0.0.1";
  amend::TlsContext tls(amend::parse_target(config), config);
  Opener opener(3s, &tls);
  const auto opened =
      opener.open({at("127.0.0.1", server.port()), at("127.0.0.9", server.port()), at("127.0.0.8", server.port()),
                   at("127.0.0.7", server.port()), at("127.0.0.6", server.port()), at("127.0.0.5", server.port()),
                   at("127.0.0.4", server.port()), at("127.0.0.3", server.port())});
  CHECK(opened.error == OpenError::handshake_failed);  // it was waited for, not cut off
  CHECK_MESSAGE(opened.text.find("closed the connection during the TLS handshake") != std::string::npos, opened.text);
}
