#include "benchmark/requests_ahead.hpp"

#include <doctest/doctest.h>

#include <semaphore>
#include <set>

#include "support/simulator.hpp"
#include "unit/benchmark/no_random_numbers.hpp"

using namespace amend;
using namespace std::chrono_literals;

namespace {

// Bearer tokens are fast to write: requests are made when they are asked for. Signatures are not.
std::vector<std::unique_ptr<RequestMaker>> makers(const Config& config, const Credentials& credentials,
                                                  const BenchmarkRows& rows, std::size_t count) {
  static const std::string prefix = "/prefix";  // outlives them
  std::vector<std::unique_ptr<RequestMaker>> out;
  for (std::size_t i = 0; i < count; ++i)
    out.push_back(std::make_unique<RequestMaker>(config, prefix, credentials, rows));
  return out;
}

Config unsigned_config() {
  Config config;
  config.auth.kind = Auth::none;
  return config;
}

Config signed_config() {
  Config config;
  config.auth.app_id = test::app_id;
  config.auth.private_key_file = test::certificates() + "/app.key";
  return config;
}

}  // namespace

TEST_CASE("RequestsAhead: rows go out in their order, over and over, each time with an id of its own") {
  const Config config = unsigned_config();
  const BenchmarkRows rows(config, 3);
  RequestsAhead ahead(makers(config, Credentials(), rows, 1), rows.size(), std::nullopt, {}, 1, [] {});
  std::set<std::string> headers;
  for (std::size_t i = 0; i < 7; ++i) {
    const MadeRequest* const made = ahead.front();
    REQUIRE(made);
    CHECK(made->row == i % 3);
    CHECK(made == ahead.front());
    CHECK(made->target.starts_with("/prefix/svc/payment/api/v1/openapi/customers/be0c0000-0000-4000-8000-00000000000"));
    headers.insert(made->headers);
    ahead.pop();
  }
  CHECK(headers.size() == 7);
}

TEST_CASE("RequestsAhead: signatures are made before they are due, in order, but never more than a second before") {
  const Config config = signed_config();
  const Credentials credentials = load_credentials(config.auth);
  const BenchmarkRows rows(config, 5);
  const auto start = RequestsAhead::Clock::now() + 300ms;
  std::counting_semaphore<> woken(0);
  // Five within the first 200 ms, the next one a minute later.
  const Schedule schedule({LoadStep(50ms, 200ms), LoadStep(1h, 1min, Counted::no), LoadStep(50ms, 200ms)});
  RequestsAhead ahead(makers(config, credentials, rows, 3), rows.size(), schedule, start, 100,
                      [&] { woken.release(); });
  for (std::size_t i = 0; i < 5; ++i) {
    CAPTURE(i);
    while (!ahead.front()) REQUIRE(woken.try_acquire_for(20s));
    CHECK(ahead.front()->row == i);
    CHECK(ahead.front()->headers.find("Signature: ") != std::string::npos);
    ahead.pop();
  }
  CHECK_FALSE(ahead.front());
}

TEST_CASE("RequestsAhead: when a thread cannot sign, whoever waits for its request is woken and told why") {
  const Config config = signed_config();
  const Credentials credentials = load_credentials(config.auth);
  const BenchmarkRows rows(config, 5);
  std::counting_semaphore<> woken(0);
  const test::NoRandomNumbers none;
  RequestsAhead ahead(makers(config, credentials, rows, 1), rows.size(), std::nullopt, {}, 1, [&] { woken.release(); });
  REQUIRE(woken.try_acquire_for(20s));
  CHECK_THROWS_WITH(ahead.front(), doctest::Contains("random numbers"));
}

TEST_CASE("BenchmarkRows: made-up customers are such as the API takes, and as many as were asked for") {
  const BenchmarkRows rows(unsigned_config(), 1'000);
  CHECK(rows.size() == 1'000);
  CHECK(rows.rejected() == 0);
  CHECK(rows.row(999).id() == "be0c0000-0000-4000-8000-0000000003e7");
  CHECK(rows.row(7).body().find("bench-7@example.invalid") != std::string_view::npos);
}
