// How long does a request take to be written, and its answer to be cut out of what came?
#include <benchmark/benchmark.h>

#include <cstring>

#include "rows.hpp"
#include "transport/http1_codec.hpp"

namespace {

constexpr const char* row_id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
constexpr const char* row_target = "/svc/payment/api/v1/openapi/customers/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
constexpr const char* row_body =
    R"({"name":"Lovelace, Ada","phone":"12345678","email":"ada@example.com","dial_code":"+852","company_name":"Analytical Engines"})";

void codec_encode(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    if (out.size() > 32 * 1024) out.clear();
    amend::http1::append_request(out, amend::Request("PUT", row_target, row_body), "Host: gateway.wonder.today\r\n");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(codec_encode);

void codec_parse(benchmark::State& state) {
  constexpr std::size_t responses = 32;
  std::string text;
  for (unsigned n = 0; n < responses; ++n) text += bench::answer(row_id, n);
  amend::http1::ResponseParser parser;
  amend::Response response;
  for (auto _ : state) {
    const auto room = parser.prepare(text.size());
    std::memcpy(room.data(), text.data(), text.size());
    parser.commit(text.size());
    while (parser.next(response) == amend::http1::ResponseParser::Step::response)
      benchmark::DoNotOptimize(response.body);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(responses));
}
BENCHMARK(codec_parse);

}  // namespace
