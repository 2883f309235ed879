#include "sim/service.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/request_reader.hpp"
#include "wonder/routes.hpp"

using namespace amend;
using namespace amend::sim;
using namespace std::chrono_literals;

namespace {

const std::string ada_id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
const std::string target = std::string(wonder::customers_path) + "/" + ada_id;
const std::chrono::system_clock::time_point wednesday{1'714'564'800s};  // 2024-05-01, a Wednesday

class Bench {
 public:
  explicit Bench(ServiceRules rules = {}) : service(fill(store), std::move(rules), std::nullopt) {}

  Reply put(std::uint64_t n = 1, bool pipelined = false) { return put(Arrival(wednesday, 1, n, pipelined)); }
  Reply put_at(std::chrono::milliseconds since_noon) { return put(Arrival(wednesday + since_noon, 1, 1, false)); }
  std::uint64_t updates() { return store.find(ada_id)->updates; }

  CustomerStore store;
  Service service;

 private:
  Reply put(const Arrival& arrival) {
    ApiRequest request;
    request.method = "PUT";
    request.target = target;
    request.body = R"({"name":"Ada","phone":"1"})";
    return service.serve(request, arrival);
  }
  static CustomerStore& fill(CustomerStore& store) {
    Customer customer;
    customer.uuid = ada_id;
    store.put(customer);
    return store;
  }
};

template <class Member>
ServiceRules with(Member Shares::*share, Member value) {
  Shares shares;
  shares.*share = value;
  ServiceRules rules;
  rules.faults = FaultPlan(1, shares, 0ns, 0ns);
  return rules;
}

bool has(const Reply& reply, std::string_view text) { return reply.bytes.find(text) != std::string::npos; }

// The header lines behind Content-Length: those that not every answer has.
std::string further_fields(const Reply& reply) {
  const auto length = reply.bytes.find("Content-Length: ");
  const auto from = reply.bytes.find("\r\n", length) + 2;
  return reply.bytes.substr(from, reply.bytes.find("\r\n\r\n") + 2 - from);
}

// Whether the body is as long as Content-Length says.
bool complete(const Reply& reply) {
  const auto field = reply.bytes.find("Content-Length: ");
  const auto body = reply.bytes.find("\r\n\r\n");
  REQUIRE(field != std::string::npos);
  REQUIRE(body != std::string::npos);
  return reply.bytes.size() - body - 4 == std::stoul(reply.bytes.substr(field + 16));
}

}  // namespace

TEST_CASE("service: a plain answer is framed, dated, and logged as applied") {
  ServiceRules rules;
  rules.hash_bodies = true;
  Bench bench(std::move(rules));
  const auto reply = bench.put();
  CHECK(reply.bytes.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(has(reply, "Date: Wed, 01 May 2024 12:00:00 GMT\r\n"));
  CHECK(complete(reply));
  CHECK(reply.ending == Ending::keep);
  CHECK(reply.entry.ordinal == 1);
  CHECK(reply.entry.applied);
  CHECK(reply.entry.status == 200);
  CHECK(reply.entry.body_sha256.size() == 64);
  CHECK(bench.put().entry.ordinal == 2);
}

TEST_CASE("service: the N-th answer of a connection ends it, announced or silently") {
  ServiceRules rules;
  SUBCASE("announced") {
    rules.close_after = 2;
    Bench bench(std::move(rules));
    CHECK(bench.put(1).ending == Ending::keep);
    const auto last = bench.put(2);
    CHECK(last.ending == Ending::fin);
    CHECK(has(last, "Connection: close\r\n"));
    CHECK(last.entry.applied);
  }
  SUBCASE("silently") {
    rules.close_after_silently = 2;
    Bench bench(std::move(rules));
    const auto last = bench.put(2);
    CHECK(last.ending == Ending::fin);
    CHECK_FALSE(has(last, "Connection:"));
  }
}

TEST_CASE("service: resets and hangs give no answer; half of them after the update was applied") {
  for (const auto share : {&Shares::reset, &Shares::hang}) {
    Bench bench(with(share, 1.0));
    std::uint64_t applied = 0;
    for (std::uint64_t i = 1; i <= 400; ++i) {
      const auto reply = bench.put(i);
      CHECK(reply.bytes.empty());
      CHECK(reply.ending == (share == &Shares::reset ? Ending::reset : Ending::hang));
      CHECK(reply.entry.status == 0);
      if (reply.entry.applied) ++applied;
    }
    CHECK(applied == bench.updates());
    CHECK(applied > 140);
    CHECK(applied < 260);
  }
}

TEST_CASE("service: spoilt answers were applied, refused requests were not") {
  SUBCASE("truncated") {
    Bench bench(with(&Shares::truncate, 1.0));
    const auto reply = bench.put();
    CHECK_FALSE(complete(reply));
    CHECK(reply.ending == Ending::fin);
    CHECK(reply.entry.applied);
  }
  SUBCASE("html") {
    Bench bench(with(&Shares::html, 1.0));
    const auto reply = bench.put();
    CHECK(has(reply, "Content-Type: text/html"));
    CHECK(complete(reply));
    CHECK(bench.updates() == 1);
  }
  SUBCASE("half a document") {
    Bench bench(with(&Shares::bad_json, 1.0));
    const auto reply = bench.put();
    CHECK(complete(reply));
    CHECK_FALSE(reply.bytes.ends_with("}"));
  }
  SUBCASE("another uuid") {
    Bench bench(with(&Shares::wrong_uuid, 1.0));
    CHECK_FALSE(has(bench.put(), ada_id));
  }
  SUBCASE("twice") {
    Bench bench(with(&Shares::extra_response, 1.0));
    const auto reply = bench.put();
    CHECK(reply.bytes.substr(0, reply.bytes.size() / 2) == reply.bytes.substr(reply.bytes.size() / 2));
    CHECK(bench.updates() == 1);
  }
  SUBCASE("an interim answer first") {
    Bench bench(with(&Shares::interim, 1.0));
    CHECK(bench.put().bytes.starts_with("HTTP/1.1 103 "));
  }
  SUBCASE("rejected because it was pipelined") {
    Bench bench(with(&Shares::reject_pipelined, 1.0));
    CHECK(bench.put(1, false).entry.status == 200);
    const auto reply = bench.put(2, true);
    CHECK(reply.entry.status == 400);
    CHECK(has(reply, "Connection: close\r\n"));
    CHECK(reply.ending == Ending::fin);
    CHECK(bench.updates() == 1);
  }
  SUBCASE("an error status with Retry-After") {
    std::vector<std::pair<std::uint16_t, double>> statuses{{503, 1.0}};
    auto rules = with(&Shares::statuses, statuses);
    rules.retry_after.form = RetryAfter::Form::date;
    rules.retry_after.wait = 5s;
    Bench bench(std::move(rules));
    const auto reply = bench.put();
    CHECK(reply.bytes.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
    CHECK(has(reply, "Retry-After: Wed, 01 May 2024 12:00:05 GMT\r\n"));
    CHECK(bench.updates() == 0);
  }
}

TEST_CASE("service: beyond the rate limit 429 with the RateLimit fields and Retry-After") {
  ServiceRules rules;
  rules.quota.emplace(2, 10s);
  Bench bench(std::move(rules));
  CHECK(has(bench.put(), "RateLimit: \"default\";r=1;t=10\r\n"));
  bench.put();
  const auto reply = bench.put();
  CHECK(reply.entry.status == 429);
  CHECK(has(reply, "RateLimit-Policy: \"default\";q=2;w=10\r\n"));
  CHECK(has(reply, "RateLimit: \"default\";r=0;t=10\r\n"));
  CHECK(has(reply, "Retry-After: 10\r\n"));
  CHECK(bench.updates() == 2);
}

TEST_CASE("service: the rate limit shows itself as it is asked to, on every answer alike") {
  class Case {
   public:
    std::string name;
    RateFields fields;
    RetryAfter::Form retry;
    std::string first;    // what the first answer, a 200, holds
    std::string refused;  // the second, a 429
  };
  using Form = RetryAfter::Form;
  const std::string ietf = "RateLimit-Policy: \"default\";q=1;w=10\r\nRateLimit: \"default\";r=0;t=10\r\n";
  const std::string legacy = "RateLimit-Limit: 1\r\nRateLimit-Remaining: 0\r\nRateLimit-Reset: 10\r\n";
  const std::string x = "X-RateLimit-Limit: 1\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 1714564810\r\n";
  const std::string wait = "Retry-After: 10\r\n";
  for (const auto& c :
       {Case{"ietf", RateFields::ietf, Form::of_quota, ietf, wait + ietf},
        Case{"legacy", RateFields::legacy, Form::of_quota, legacy, wait + legacy},
        Case{"x", RateFields::x, Form::of_quota, x, wait + x},
        Case{"only Retry-After", RateFields::none, Form::of_quota, "", wait},
        Case{"only fields", RateFields::x, Form::none, x, x}, Case{"nothing", RateFields::none, Form::none, "", ""}}) {
    CAPTURE(c.name);
    ServiceRules rules;
    rules.quota.emplace(1, 10s);
    rules.rate_fields = c.fields;
    rules.retry_after.form = c.retry;
    Bench bench(std::move(rules));
    CHECK(further_fields(bench.put()) == c.first);
    const auto reply = bench.put();
    CHECK(reply.entry.status == 429);
    CHECK(further_fields(reply) == c.refused);
  }
}

TEST_CASE("service: an injected 429 tells of the rate limit once") {
  auto rules = with(&Shares::statuses, std::vector<std::pair<std::uint16_t, double>>{{429, 1.0}});
  rules.quota.emplace(5, 10s);
  rules.rate_fields = RateFields::legacy;
  Bench bench(std::move(rules));
  CHECK(further_fields(bench.put()) ==
        "Retry-After: 10\r\nRateLimit-Limit: 5\r\nRateLimit-Remaining: 4\r\nRateLimit-Reset: 10\r\n");
}

TEST_CASE("service: beyond a hidden limit 429 without a word; it changes at its time after the first request") {
  ServiceRules rules;
  rules.hidden_limit.add({100, 1, 0s});
  rules.hidden_limit.add({1, 1, 2s});
  rules.retry_after.form = RetryAfter::Form::seconds;
  rules.quota.emplace(1000, 10s);
  Bench bench(std::move(rules));
  CHECK(bench.put_at(0ms).entry.status == 200);
  const auto refused = bench.put_at(9ms);
  CHECK(refused.entry.status == 429);
  CHECK(complete(refused));
  CHECK(further_fields(refused).empty());
  CHECK(bench.put_at(10ms).entry.status == 200);
  CHECK(bench.put_at(1990ms).entry.status == 200);
  CHECK(bench.put_at(2000ms).entry.status == 200);
  CHECK(bench.put_at(2500ms).entry.status == 429);
  CHECK(bench.put_at(3000ms).entry.status == 200);
  CHECK(bench.updates() == 5);
}

TEST_CASE("service: a request waits for a free place, and its latency comes on top; beyond the waiting ones 503") {
  ServiceRules rules;
  rules.capacity.emplace(1, 50ms, 1);
  rules.faults = FaultPlan(1, Shares(), 5ms, 0ns);
  Bench bench(std::move(rules));
  CHECK(bench.put_at(0ms).delay == 55ms);
  CHECK(bench.put_at(10ms).delay == 95ms);
  const auto refused = bench.put_at(20ms);
  CHECK(refused.entry.status == 503);
  CHECK(refused.delay == 5ms);
  CHECK(bench.put_at(50ms).entry.status == 200);
  CHECK(bench.put_at(200ms).delay == 55ms);
  CHECK(bench.updates() == 4);
}

TEST_CASE("service: who is refused before the work takes no place") {
  ServiceRules rules;
  rules.hidden_limit.add({1, 1, 0s});
  rules.capacity.emplace(1, 50ms, std::nullopt);
  Bench bench(std::move(rules));
  CHECK(bench.put_at(0ms).delay == 50ms);
  CHECK(bench.put_at(1ms).entry.status == 429);
  CHECK(bench.put_at(1000ms).delay == 50ms);
}

TEST_CASE("service: from the N-th request on all credentials are refused; the clock may be wrong") {
  ServiceRules rules;
  rules.auth_fail_after = 2;
  rules.clock_offset = -1h;
  Bench bench(std::move(rules));
  CHECK(has(bench.put(), "Date: Wed, 01 May 2024 11:00:00 GMT\r\n"));
  CHECK(bench.put().entry.status == 401);
  CHECK(bench.put().entry.status == 401);
  CHECK(bench.updates() == 1);
}

TEST_CASE("request_log: a line tells what came and what became of it") {
  LogEntry entry;
  entry.ordinal = 5;
  entry.at = std::chrono::system_clock::time_point(1'700'000'000'000'001us);
  entry.connection = 2;
  entry.n = 3;
  entry.method = "PUT";
  entry.target = target;
  entry.body_sha256 = BodyHasher().hex("abc");
  entry.request_id = "r\"1";
  entry.status = 200;
  entry.applied = true;
  entry.fault = Fault::wrong_uuid;
  entry.fate = Fate::written;
  std::string line;
  append_log_line(line, entry);
  CHECK(line == R"({"ordinal":5,"at_us":1700000000000001,"connection":2,"n":3,"method":"PUT","target":")" + target +
                    R"(","id":")" + ada_id +
                    R"(","body_sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",)"
                    R"("request_id":"r\"1","status":200,"applied":true,"fault":"wrong-uuid","answer":"written"})"
                    "\n");
}

TEST_CASE("request_reader: requests cut at any byte, or all in one piece, are the same requests") {
  const std::string one =
      "PUT /a?b=c HTTP/1.1\r\nHost: x\r\nNONCE: n\r\nx-request-id: id\r\nContent-Length: 3\r\n\r\nabc";
  const std::string two =
      "POST /e HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
  const std::string both = one + two;
  for (std::size_t piece = 1; piece <= both.size(); ++piece) {
    CAPTURE(piece);
    RequestReader reader;
    std::vector<std::string> seen;
    std::string buffer;
    for (std::size_t at = 0; at < both.size(); at += piece) {
      buffer += both.substr(at, piece);
      std::size_t consumed = 0;
      while (!buffer.empty()) {
        const auto result = reader.read(buffer, consumed);
        REQUIRE(result != RequestReader::Result::bad);
        buffer.erase(0, consumed);
        if (result == RequestReader::Result::need_more) break;
        const ApiRequest& r = reader.request();
        seen.push_back(std::string(r.method) + " " + std::string(r.target) + " " + std::string(r.body) + " " +
                       std::string(r.nonce) + " " + std::string(r.request_id) + (r.keep_alive ? " keep" : " close"));
      }
    }
    CHECK(seen == std::vector<std::string>{"PUT /a?b=c abc n id keep", "POST /e hi   close"});
  }
}

TEST_CASE("request_reader: what is no request, or too large, is refused with its status") {
  std::size_t consumed = 0;
  RequestReader garbage;
  CHECK(garbage.read("\x01\x02\r\n\r\n", consumed) == RequestReader::Result::bad);
  CHECK(garbage.status() == 400);
  RequestReader body(10);
  CHECK(body.read("PUT / HTTP/1.1\r\nContent-Length: 11\r\n\r\n", consumed) == RequestReader::Result::bad);
  CHECK(body.status() == 413);
  RequestReader head;
  const std::string long_head = "PUT / HTTP/1.1\r\nA: " + std::string(40'000, 'x') + "\r\n\r\n";
  CHECK(head.read(long_head, consumed) == RequestReader::Result::bad);
  CHECK(head.status() == 431);
}
