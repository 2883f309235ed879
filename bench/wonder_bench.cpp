// How long does it take to judge an answer: the everyday success, by the full rule, and what is not at a glance one?
#include <benchmark/benchmark.h>

#include <vector>

#include "rows.hpp"
#include "wonder/response_classifier.hpp"
#include "wonder/response_reader.hpp"
#include "wonder/response_rule.hpp"

namespace {

constexpr const char* customer_id = "1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed";

std::vector<std::string> everyday_answers() {
  std::vector<std::string> all;
  for (unsigned n = 0; n < 64; ++n) all.push_back(bench::answer_body(customer_id, n));
  return all;
}

// The same with the name spelled in escapes, as some servers do.
std::vector<std::string> escaped_answers() {
  auto all = everyday_answers();
  for (auto& body : all) body.replace(body.find("Ada"), 3, R"(\u0041da)");
  return all;
}

template <class Judge>
void judge_each(benchmark::State& state, const std::vector<std::string>& bodies, Judge classify) {
  const amend::wonder::Expectation expected(customer_id, false);
  amend::Response response;
  response.status = 200;
  std::size_t n = 0;
  for (auto _ : state) {
    response.body = bodies[n++ % bodies.size()];
    if (classify(response, expected).response_class != amend::wonder::ResponseClass::success)
      state.SkipWithError("not a success");
  }
  state.SetItemsProcessed(state.iterations());
}

void judge_success(benchmark::State& state) {
  amend::wonder::ResponseClassifier classify;
  judge_each(state, everyday_answers(),
             [&](const auto& response, const auto& e) { return classify.classify(response, e); });
}
BENCHMARK(judge_success);

void judge_success_by_the_full_rule(benchmark::State& state) {
  amend::wonder::ResponseReader reader;
  judge_each(state, everyday_answers(),
             [&](const auto& response, const auto& e) { return classify_by_rule(reader, response, e); });
}
BENCHMARK(judge_success_by_the_full_rule);

void judge_success_with_escapes(benchmark::State& state) {
  amend::wonder::ResponseClassifier classify;
  judge_each(state, escaped_answers(),
             [&](const auto& response, const auto& e) { return classify.classify(response, e); });
}
BENCHMARK(judge_success_with_escapes);

}  // namespace
