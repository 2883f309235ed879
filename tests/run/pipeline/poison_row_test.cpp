// A row that breaks every connection it is sent on.
#include <doctest/doctest.h>

#include "support/scripted_server.hpp"
#include "work.hpp"

using namespace ::test;

namespace {

// Answers each request with its own customer, and closes without a word when `poison` is asked for. Not by a reset:
// that could destroy answers on their way, and a row whose answer is lost does pay.
Script all_but(const std::string& poison) {
  return [poison](Peer& peer) {
    for (;;) {
      const std::string request = peer.expect(1);
      const std::string id = request.substr(request.find(" HTTP/1.1") - 36, 36);
      if (id == poison) return peer.finish_rudely();
      peer.send(answer(200, R"({"code":200,"data":{"customer":{"uuid":")" + id + R"("}}})"));
    }
  };
}

}  // namespace

TEST_CASE("pipeline: a row that kills its connection again and again is named after its attempts, and no other pays") {
  const auto customers = make_customers(60);
  const std::string poison = customers[20].id;
  ScriptedServer server(std::vector<Script>(40, all_but(poison)));
  Work work(customers, "http://127.0.0.1:" + server.port());
  work.config.retry.attempts_max = 4;
  work.config.load.connections = work.config.load.workers = 1;
  work.config.load.pipeline = 16;
  const amend::Summary summary = work.run();
  CHECK(summary.exit_code == amend::ExitCode::some_rows_failed);
  CHECK(summary.rows(amend::Status::success) == customers.size() - 1);
  for (const auto& record : read_ndjson(work.directory() + "/results.ndjson")) {
    CAPTURE(number_of(record, "row"));
    const bool guilty = text_of(record, "id") == poison;
    CHECK(text_of(record, "status") == (guilty ? "unknown" : "success"));
    CHECK(number_of(record, "attempts") == (guilty ? 4 : 1));
    if (guilty) CHECK(text_of(record, "error_code") == "transport.closed");
  }
}
