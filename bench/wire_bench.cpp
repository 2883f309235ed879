// How long does a request take to be written, signed, and its answer to be cut out and judged?
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstring>

#include "amend/transport/http1_codec.hpp"
#include "amend/wonder/answer.hpp"
#include "amend/worker/signer.hpp"
#include "rows.hpp"

namespace {

constexpr const char* id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
constexpr const char* target = "/svc/payment/api/v1/openapi/customers/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
constexpr const char* body =
    R"({"name":"Lovelace, Ada","phone":"12345678","email":"ada@example.com","dial_code":"+852","company_name":"Analytical Engines"})";

std::string throwaway_key() {
  EVP_PKEY* key = EVP_RSA_gen(2048);
  BIO* out = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(out, &text));
  std::string pem(text, size);
  BIO_free(out);
  EVP_PKEY_free(key);
  return pem;
}

void write_request(benchmark::State& state) {
  std::string out;
  for (auto _ : state) {
    if (out.size() > 32 * 1024) out.clear();
    amend::http1::append_request(out, amend::Request("PUT", target, body), "Host: gateway.wonder.today\r\n");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(write_request);

void sign_request(benchmark::State& state) {
  const auto signer = amend::make_wonder_signer("d900da8b-6e16-4a85-8a66-05d29ac53f24",
                                                amend::wonder::PrivateKey::from_pem(throwaway_key()));
  std::string headers;
  for (auto _ : state) {
    headers.clear();
    signer->append_headers(amend::Request("PUT", target, body), std::chrono::system_clock::now(), headers);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sign_request);

void parse_answers(benchmark::State& state) {
  constexpr std::size_t answers = 32;
  std::string text;
  for (std::size_t n = 0; n < answers; ++n) text += bench::answer(id);
  amend::http1::ResponseParser parser;
  amend::Response response;
  for (auto _ : state) {
    const auto room = parser.prepare(text.size());
    std::memcpy(room.data(), text.data(), text.size());
    parser.commit(text.size());
    while (parser.next(response) == amend::http1::ResponseParser::Step::response)
      benchmark::DoNotOptimize(response.body);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(answers));
}
BENCHMARK(parse_answers);

void judge_answer(benchmark::State& state) {
  const std::string text = bench::answer(id);
  amend::Response response;
  response.status = 200;
  response.body = std::string_view(text).substr(text.find("\r\n\r\n") + 4);
  amend::wonder::AnswerJudge judge;
  const amend::wonder::Expectation expected(id, false);
  for (auto _ : state) {
    if (judge.judge(response, expected).meaning != amend::wonder::Meaning::success)
      state.SkipWithError("not a success");
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(judge_answer);

}  // namespace
