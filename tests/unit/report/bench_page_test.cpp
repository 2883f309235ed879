#include "report/page/bench_page.hpp"

#include <doctest/doctest.h>

#include <string>

#include "amend/error.hpp"

using namespace amend;

namespace {

std::string percentiles(const std::string& ms) {
  return R"({"p50":)" + ms + R"(,"p90":)" + ms + R"(,"p99":)" + ms + R"(,"p999":)" + ms + R"(,"max":)" + ms +
         R"(,"mean":)" + ms + "}";
}

std::string step_json(const std::string& code) {
  return R"({"rate":100,"seconds":1,"requests":100,"answered":98,"failed":1,"unanswered":1,"unsent":1,"resent":0,"good_answers_per_second":97,)"
         R"("answers_per_second":98,"latency_ms":)" +
         percentiles("12.5") + R"(,"service_ms":)" + percentiles("10.25") +
         R"(,"latency_bars":[{"from_ms":10,"to_ms":12,"count":99}],)"
         R"("late":{"sends":4,"by_connections":4,"by_signing":0,"by_client":0,"max_ms":3},)"
         R"("by_status":{"200":97,"503":1},"errors":[{"code":")" +
         code + R"(","count":3,"example":"<script>alert(1)</script>"}],"slo_kept":false,"slo_broken":"p99 & <b>"})";
}

std::string bench_json(const std::string& code = "x", const std::string& form = "amend-bench/1") {
  return R"({"form":")" + form +
         R"(","version":"0.1.0","started_at":"2026-11-26T20:00:00Z","elapsed_s":4.5,"exit_code":1,"stop_reason":"",)"
         R"("slo":"p99<1ms","warm_up_s":3,"sides":[{"name":"","settings":"","url":"https://h/\"><img src=x>",)"
         R"("address":"127.0.0.1:1","tls":null,"connections_max":2,"pipeline":1,"steps":[)" +
         step_json(code) +
         R"(],"connections":[{"opened":1,"answered":98,"errors":2,"service_ms":{"p50":1,"p99":2,"max":3}}],)"
         R"("series_seconds":1,"series":[{"at_s":0,"answered":98,"errors":2,"latency_ms":{"p50":1,"p99":2,"max":3}}]}],)"
         R"("find_max":{"rate":null,"trials":[{"rate":10,"kept":false,"broken":"p99 <i>","client_limited":true}]},)"
         R"("comparison":{"turns":10,"figures":[{"figure":"p50","a":1,"b":2,"ratio":2,"low":1.9,"high":2.1,"p":0.002,)"
         R"("differ":true}]},"notices":["<u>"]})";
}

bool page_has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("bench page: every figure of bench.json that people ask for stands in it") {
  const std::string page = report::render_bench_page(bench_json(), "runs/b");
  CHECK(page_has(page, "data-total=\"requests\" data-value=\"100\""));
  CHECK(page_has(page, "data-total=\"answered\" data-value=\"98\""));
  CHECK(page_has(page, "data-total=\"errors\" data-value=\"3\""));
  CHECK(page_has(page, "data-total=\"late\" data-value=\"4\""));
  CHECK(page_has(page, "data-of=\"latency\" data-percentile=\"p99\" data-value=\"12.500\""));
  CHECK(page_has(page, "data-of=\"service\" data-percentile=\"p50\" data-value=\"10.250\""));
  CHECK(page_has(page, "HTTP 503"));
  CHECK(page_has(page, "No rate met the objective."));
  CHECK(page_has(page, "1.900 to 2.100"));
}

TEST_CASE("bench page: it opens with a verdict") {
  const auto with = [](const std::string& member, const std::string& value) {
    std::string json = bench_json();
    const auto at = json.find("\"find_max\":");
    json.replace(at, json.find(",\"comparison\"") - at, "\"find_max\":null");
    const auto old = json.find("\"" + member + "\":");
    return report::render_bench_page(json.replace(old, json.find(',', old) - old, "\"" + member + "\":" + value),
                                     "runs/b");
  };
  CHECK(page_has(with("exit_code", "1"), "The objective was not met: p99 &amp; &lt;b&gt;."));
  CHECK(page_has(with("slo", "null"), "The benchmark measured no request."));
  CHECK(page_has(with("exit_code", "0"), "The benchmark is complete."));
  CHECK(page_has(with("stop_reason", "\"a signal\""), "Stopped early. The results cover only part of the benchmark."));
}

TEST_CASE("bench page: hostile texts of a server or a file are text, wherever they stand") {
  const std::string page = report::render_bench_page(bench_json("<script>1"), "runs/<script>2");
  CHECK_FALSE(page_has(page, "<script"));
  CHECK_FALSE(page_has(page, "<img"));
  CHECK_FALSE(page_has(page, "<b>\""));
  CHECK(page_has(page, "&lt;script&gt;alert(1)"));
  CHECK(page_has(page, "p99 &amp; &lt;b&gt;"));
  CHECK(page_has(page, "&lt;u&gt;"));
}

TEST_CASE("bench page: what amend bench has not written is one error that names the file") {
  const std::string whole = bench_json();
  for (const std::string& wrong :
       {std::string(), std::string("[]"), std::string("{}"), whole.substr(0, 500), bench_json("x", "amend-bench/2")}) {
    CAPTURE(wrong);
    CHECK_THROWS_WITH_AS(report::render_bench_page(wrong, "runs/b"),
                         "runs/b/bench.json: amend bench did not write this file, or it is damaged", InputError);
  }
}
