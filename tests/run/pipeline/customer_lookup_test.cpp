// What look-ups conclude from what comes back: a customer is missing only when the API itself has said so.
#include "reconcile/customer_lookup.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "reconcile/customer_snapshot.hpp"
#include "support/checker.hpp"
#include "support/run_files.hpp"
#include "support/scripted_server.hpp"

using namespace amend;
using namespace ::test;

namespace {

std::string id_of(std::size_t n) {
  const std::string digits = std::to_string(n);
  return "7c1e0000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}

std::string shown(std::size_t n) {
  return R"({"uuid":")" + id_of(n) + R"(","name":"Ines","phone":"5","reference_number":"N)" + std::to_string(n) + "\"}";
}

std::string found(std::size_t n) { return answer(200, R"({"code":200,"data":{"customer":)" + shown(n) + "}}"); }

std::string not_found() { return answer(404, R"({"code":"E000404","message":"Customer not found."})"); }

// The number at the end of "/customers/7c1e0000-…-000000000012".
std::size_t asked_for(const std::string& request) {
  const std::string target = request.substr(0, request.find(" HTTP/"));
  return std::stoul(target.substr(target.size() - 12));
}

bool is_echo(const std::string& request) { return request.starts_with("POST "); }

std::size_t parameter(const std::string& request, const std::string& name) {
  const std::size_t at = request.find(name + "=");
  return at == std::string::npos ? 0 : std::stoul(request.substr(at + name.size() + 1));
}

// A server that answers each request by itself, and the look-up that asks it, one request at a time.
class Asking {
 public:
  using Respond = std::function<std::string(const std::string& request)>;

  explicit Asking(const Respond& respond, CustomerKey key = CustomerKey::uuid)
      : server_(std::vector<Script>(64,
                                    [this, respond](Peer& peer) {
                                      for (;;) {
                                        const std::string request = count(peer.expect(1));
                                        peer.send(is_echo(request) ? answer(200, R"({"code":200,"data":{}})")
                                                                   : respond(request));
                                      }
                                    })),
        snapshot_(dir_.path(), key) {
    config.target.url = "http://127.0.0.1:" + server_.port();
    config.auth.kind = Auth::none;
    config.load.rate.interval = std::chrono::nanoseconds(0);
    config.load.connections = 1;
    config.load.pipeline = 1;
    config.retry.attempts_max = 2;
    config.retry.backoff_first = config.retry.backoff_max = std::chrono::milliseconds(1);
  }

  CustomerLookup& lookup() {
    if (!lookup_)
      lookup_ = std::make_unique<CustomerLookup>(config, credentials_, snapshot_, metrics_, [](const std::string&) {});
    return *lookup_;
  }
  // "stopped (exit 5)", or nothing.
  std::string each(const std::vector<std::string>& keys) {
    try {
      lookup().read_each([keys](std::vector<std::string>& batch) {
        batch = keys;
        return false;
      });
      return {};
    } catch (const LookupStopped& stopped) {
      why = stopped.what();
      return "stopped (exit " + std::to_string(static_cast<int>(stopped.exit_code())) + ")";
    }
  }
  std::string what_is_known_of(const std::string& key) {
    const SnapshotEntry entry = snapshot_.find(key);
    if (entry.unreadable) return entry.unreadable->code;
    return entry.customer ? "found" : "missing";
  }
  std::uint64_t customers() const { return snapshot_.customers(); }
  std::size_t requests() {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  Config config;
  std::string why;

 private:
  std::string count(std::string request) {
    const std::lock_guard lock(mutex_);
    requests_ += is_echo(request) ? 0 : 1;
    return request;
  }

  TempDir dir_;
  std::mutex mutex_;  // guards requests_
  std::size_t requests_ = 0;
  Credentials credentials_;
  Metrics metrics_;
  ScriptedServer server_;
  CustomerSnapshot snapshot_;
  std::unique_ptr<CustomerLookup> lookup_;
};

std::vector<std::string> ids(std::size_t count) {
  std::vector<std::string> out;
  for (std::size_t n = 0; n < count; ++n) out.push_back(id_of(n));
  return out;
}

}  // namespace

TEST_CASE("customer look-up: a page that is a JSON object is not the API's word, and stops it at the start") {
  for (const std::string page : {"{}", R"({"status":"maintenance"})"}) {
    Asking asking([&](const std::string&) { return answer(200, page); });
    CHECK(asking.each({id_of(1), id_of(2), id_of(3)}) == "stopped (exit 5)");
    CHECK(asking.why.find("not the API's own response") != std::string::npos);
  }
}

TEST_CASE("look-up: customers are missing by the API's 404 once the same call has found one, wherever that is") {
  constexpr std::size_t all = 24;
  for (std::size_t first_found = 0; first_found < all; ++first_found) {
    CAPTURE(first_found);
    Asking asking([&](const std::string& request) {
      const std::size_t n = asked_for(request);
      return n == first_found ? found(n) : not_found();
    });
    const bool is_late = first_found >= 20;
    CHECK(asking.each(ids(all)) == (is_late ? "stopped (exit 5)" : ""));
    if (is_late) CHECK(asking.why.find("Check the path of --url") != std::string::npos);
    if (is_late) continue;
    for (std::size_t n = 0; n < all; ++n)
      CHECK(asking.what_is_known_of(id_of(n)) == (n == first_found ? "found" : "missing"));
    CHECK(asking.requests() >= all + first_found);        // what came before is asked for again
    CHECK(asking.requests() <= 2 * (all + first_found));  // a refusal may be proved by one request more
  }
}

TEST_CASE("look-up: a 404 that is not the API's own calls no customer missing, whatever its body") {
  for (const char* body : {"", "default backend - 404", "<html>404 page not found</html>", "null", "[]", "{}",
                           R"({"message":"no Route matched"})", R"({"status":404,"error":"Not Found"})"}) {
    CAPTURE(body);
    constexpr std::size_t doubtful = 4;
    Asking asking([&](const std::string& request) {
      const std::size_t n = asked_for(request);
      return n == doubtful ? answer(404, body) : found(n);
    });
    CHECK(asking.each(ids(12)).empty());
    for (std::size_t n = 0; n < 12; ++n)
      CHECK(asking.what_is_known_of(id_of(n)) == (n == doubtful ? "http.404" : "found"));
  }
}

TEST_CASE("look-up: while no customer was found, a 404 leaves the customer unreadable, and 20 of them stop it") {
  for (const std::size_t count : {1, 19, 20, 40}) {
    CAPTURE(count);
    Asking asking([](const std::string&) { return not_found(); });
    CHECK(asking.each(ids(count)) == (count < 20 ? "" : "stopped (exit 5)"));
    if (count >= 20) continue;
    for (const std::string& id : ids(count)) CHECK(asking.what_is_known_of(id) == "reconcile.no_customer_found");
  }
}

TEST_CASE("look-up: a router's 404 for every path, though it has a code, calls no customer missing") {
  Asking asking([](const std::string&) { return answer(404, R"({"code":5,"message":"Not Found","details":[]})"); });
  CHECK(asking.each(ids(3)).empty());
  for (const std::string& id : ids(3)) CHECK(asking.what_is_known_of(id) == "reconcile.no_customer_found");
}

namespace {

// Pages of two out of five customers.
std::string page(const std::string& request, std::size_t customers, const std::string& total) {
  const std::size_t offset = parameter(request, "offset");
  std::string list;
  for (std::size_t n = offset; n < std::min(offset + 2, customers); ++n) list += (list.empty() ? "" : ",") + shown(n);
  return answer(200, R"({"code":200,"data":{"customers":[)" + list + "]}}", "X-Total-Entries: " + total + "\r\n");
}

}  // namespace

TEST_CASE("look-up: a list ends with its customers, whatever total it names") {
  for (const char* total : {"0", "1", "2", "4", "5", "6", "7", "1000", "9223372036854775807", "18446744073709551615"}) {
    CAPTURE(total);
    Asking asking([&](const std::string& request) { return page(request, 5, total); });
    asking.lookup().read_first_page();
    asking.lookup().read_other_pages();
    const bool too_small_unseen = std::string(total) == "2" || std::string(total) == "4";
    if (!too_small_unseen) CHECK(asking.customers() == 5);
    CHECK(asking.requests() <= 3 + 10);
  }
}

TEST_CASE("look-up: a list that shows the same page for ever comes to its end") {
  Asking asking([](const std::string&) {
    return answer(200, R"({"data":[)" + shown(1) + "," + shown(2) + "]}", "X-Total-Entries: 1000000\r\n");
  });
  asking.lookup().read_first_page();
  CHECK_FALSE(asking.lookup().read_other_pages().is_whole());
  CHECK(asking.customers() == 2);
  CHECK(asking.requests() <= 12);
}

TEST_CASE("look-up: an entry of a list that is no customer costs that entry only") {
  for (const char* odd : {"null", "{}", "7", R"({"uuid":"none","name":"x"})", R"({"uuid":null})", "[]"}) {
    CAPTURE(odd);
    Asking asking([&](const std::string&) {
      return answer(200, R"({"data":[)" + shown(1) + "," + odd + "," + shown(2) + "]}", "X-Total-Entries: 3\r\n");
    });
    CHECK(asking.lookup().read_first_page() == 3);
    CHECK(asking.lookup().read_other_pages().is_whole());
    CHECK(asking.customers() == 2);
  }
}

TEST_CASE("look-up: a page of a list without a customer that can be read does not end the list") {
  Asking asking([](const std::string& request) {
    if (parameter(request, "offset") != 2) return page(request, 60, "60");
    return answer(200, R"({"data":[null,{}]})", "X-Total-Entries: 60\r\n");
  });
  CHECK(asking.lookup().read_first_page() == 60);
  CHECK(asking.lookup().read_other_pages().is_whole());
  CHECK(asking.customers() == 58);
}

TEST_CASE("look-up: a customer of the list shows, before all others, that the look-up of one finds customers") {
  Asking asking([](const std::string& request) {
    if (request.find('?') != std::string::npos) return page(request, 2, "2");
    return asked_for(request) < 2 ? found(asked_for(request)) : not_found();
  });
  asking.lookup().read_first_page();
  asking.lookup().read_other_pages();
  std::vector<std::string> new_ones;
  for (std::size_t n = 10; n < 40; ++n) new_ones.push_back(id_of(n));
  CHECK(asking.each(new_ones).empty());
  for (const std::string& id : new_ones) CHECK(asking.what_is_known_of(id) == "missing");
  CHECK(asking.requests() >= 1 + 1 + 30);
  CHECK(asking.requests() <= 1 + 1 + 2 * 30);  // a refusal may be proved by one request more
}
