// Measures the time per row for a signature, and for asking and informing the admission control of the run.
#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "admission/admission_control.hpp"
#include "amend/worker/signer.hpp"
#include "wonder/response_classifier.hpp"
#include "worker/entropy.hpp"

namespace {

constexpr const char* target = "/svc/payment/api/v1/openapi/customers/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";
constexpr const char* api_body =
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

void sign(benchmark::State& state) {
  const auto signer = amend::make_wonder_signer("d900da8b-6e16-4a85-8a66-05d29ac53f24",
                                                amend::wonder::PrivateKey::from_pem(throwaway_key()));
  std::string headers;
  for (auto _ : state) {
    headers.clear();
    signer->append_headers(amend::Request("PUT", target, api_body), std::chrono::system_clock::now(), headers);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(sign);

void request_id(benchmark::State& state) {
  amend::Entropy entropy;
  for (auto _ : state) benchmark::DoNotOptimize(entropy.request_id());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(request_id);

void rate_limiter(benchmark::State& state) {
  amend::RateLimiter limiter(std::chrono::nanoseconds(1), 1);
  amend::RateLimiter::time_point now(std::chrono::hours(1));
  for (auto _ : state)
    if (!limiter.try_acquire(now += std::chrono::microseconds(1)).go) state.SkipWithError("too fast");
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(rate_limiter);

// What a row costs there: one question, and one end.
void admission(benchmark::State& state, const amend::LoadConfig& load) {
  amend::AdmissionControl admission(load);
  amend::AdmissionControl::time_point now(std::chrono::hours(1));
  const auto end = amend::AttemptEnd::answered(amend::wonder::ResponseClass::success, 200, std::nullopt);
  std::uint64_t row = 0;
  for (auto _ : state) {
    now += std::chrono::seconds(1);
    const auto decision = admission.ask(now, 0);
    if (decision.leave != amend::AdmissionControl::Leave::go) state.SkipWithError("held back");
    const amend::AdmissionControl::Ended ended(decision.permit, ++row, now - std::chrono::milliseconds(10), 1);
    benchmark::DoNotOptimize(admission.record(end, ended, now, 0));
  }
  state.SetItemsProcessed(state.iterations());
}

amend::LoadConfig pace_of(std::chrono::nanoseconds interval) {
  amend::LoadConfig load;
  load.canary = amend::CanaryMode::off;
  load.rate.interval = interval;
  return load;
}

void admission_unlimited(benchmark::State& state) { admission(state, pace_of(std::chrono::nanoseconds(0))); }
BENCHMARK(admission_unlimited);

void admission_at_a_rate(benchmark::State& state) { admission(state, pace_of(std::chrono::milliseconds(1))); }
BENCHMARK(admission_at_a_rate);

void admission_finding_rate_and_concurrency(benchmark::State& state) {
  amend::LoadConfig load = pace_of(std::chrono::milliseconds(1));
  load.rate.mode = amend::RateMode::adaptive;
  load.concurrency = amend::Concurrency::adaptive;
  admission(state, load);
}
BENCHMARK(admission_finding_rate_and_concurrency);

}  // namespace
