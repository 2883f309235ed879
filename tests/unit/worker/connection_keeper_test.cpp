// The coroutines of connections, with a server that the test speaks for.
#include "worker/connection_keeper.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "amend/error.hpp"
#include "unit/worker/fake_server.hpp"

using namespace amend;
using namespace amend::test;

namespace {

// Stops at the first word of the keeper, and records it.
class FirstWord final : public ConnectionKeeper::Owner {
 public:
  void rests(const Connection& /*connection*/) override {}
  void opened(Connection& /*connection*/, const Opened& opened) override {
    text = opened.text;
    keeper->stop();
  }
  void take(Connection& /*connection*/, const Received& /*lot*/) override {}
  bool reads_later(Connection& /*connection*/) override { return false; }
  void broke(const std::exception_ptr& error) override {
    try {
      std::rethrow_exception(error);
    } catch (const ThreadError& no_thread) {
      text = std::string("broke: ") + no_thread.what();
    }
    keeper->stop();
  }

  ConnectionKeeper* keeper = nullptr;
  std::string text;
};

std::string word_without_thread(ReconnectPolicy::Use use, bool has_answered) {
  boost::asio::io_context io(1);
  FakeServer server;
  server.on_open = []() -> Opened { throw ThreadError("none left"); };
  RunControl control([] {});
  if (has_answered) control.answered(std::chrono::steady_clock::now());
  FirstWord owner;
  ConnectionKeeper* keeper_of_wake = nullptr;
  Connections connections(ReconnectPolicy(use), [&](Connection& connection) { keeper_of_wake->wake(connection); });
  ConnectionKeeper keeper(io, connections, control, owner);
  owner.keeper = keeper_of_wake = &keeper;
  connections.add(std::make_unique<FakeSession>(io.get_executor(), server, 1));
  connections.follow(*connections.all().front(), ReconnectPolicy::Event::wanted, std::chrono::steady_clock::now());
  keeper.start();
  io.run();
  return owner.text;
}

}  // namespace

TEST_CASE("connection: only a run that the API has responded to tolerates that a look-up gets no thread") {
  using Use = ReconnectPolicy::Use;
  CHECK(word_without_thread(Use::on_demand, true).find("the name look-up failed: ") != std::string::npos);
  for (const std::string& word :
       {word_without_thread(Use::on_demand, false), word_without_thread(Use::always_open, false),
        word_without_thread(Use::always_open, true)}) {
    CHECK(word.starts_with("broke: "));
    CHECK(word.ends_with("none left"));
  }
}
