#include "report/page/bench_page.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <exception>
#include <utility>

#include "amend/error.hpp"
#include "amend/report/page.hpp"
#include "report/charts/charts.hpp"
#include "report/page/page_parts.hpp"

namespace amend::report {
namespace {

namespace json = boost::json;

double number(const json::object& of, std::string_view name) { return of.at(name).to_number<double>(); }
std::uint64_t count(const json::object& of, std::string_view name) { return of.at(name).to_number<std::uint64_t>(); }
std::string text(const json::object& of, std::string_view name) {
  const json::value& value = of.at(name);
  return value.is_null() ? std::string() : std::string(value.as_string());
}
const json::array& list(const json::object& of, std::string_view name) { return of.at(name).as_array(); }

std::string rate_text(const json::object& of) {
  const json::value& rate = of.at("rate");
  return rate.is_null() ? "closed loop" : fmt::format("{:.6g}/s", rate.to_number<double>());
}

void add_total(std::string& out, std::string_view name, std::string_view key, std::uint64_t value) {
  append(out, "<li><b data-total=\"{}\" data-value=\"{}\">{}</b>{}</li>\n", key, value, show_count(value), name);
}

std::uint64_t errors_in(const json::object& step) {
  return count(step, "failed") + count(step, "unanswered") + count(step, "unsent");
}

std::string cell(std::string_view shown) { return fmt::format("<td class=\"n\">{}</td>", shown); }

// How far the first step that missed the objective missed it.
std::string broken_in(const json::object& bench) {
  for (const json::value& side : list(bench, "sides"))
    for (const json::value& step : list(side.as_object(), "steps"))
      if (std::string broken = text(step.as_object(), "slo_broken"); !broken.empty()) return broken;
  return {};
}

std::string verdict_of(const json::object& bench) {
  if (!text(bench, "stop_reason").empty()) return "Stopped early. The results cover only part of the benchmark.";
  if (count(bench, "exit_code") == 0) return "The benchmark is complete.";
  if (!bench.at("find_max").is_null()) return "No rate met the objective.";
  if (text(bench, "slo").empty()) return "The benchmark measured no request.";
  const std::string broken = broken_in(bench);
  return "The objective was not met" + (broken.empty() ? "." : ": " + broken + ".");
}

std::string head(const json::object& bench, std::string_view directory) {
  const std::string stopped = text(bench, "stop_reason");
  std::string out = "<header>\n<h1>" + escaped(directory) + "</h1>\n";
  const bool well = count(bench, "exit_code") == 0;
  append(out, "<p class=\"standing{}\" data-standing=\"{}\">{}</p>\n", well ? " well" : " ill",
         stopped.empty() ? "finished" : "stopped", escaped(verdict_of(bench)));
  out += "<table class=\"pairs\">\n";
  add_pair(out, "command", "bench");
  add_pair(out, "started", text(bench, "started_at"));
  add_pair(out, "duration",
           fmt::format("{:.1f} s (warm-up of {:.6g} s, not counted)", number(bench, "elapsed_s"),
                       number(bench, "warm_up_s")));
  add_pair(out, "objective", text(bench, "slo"));
  append(out, "<tr><th scope=\"row\">exit code</th><td data-total=\"exit_code\" data-value=\"{0}\">{0}</td></tr>\n",
         count(bench, "exit_code"));
  add_pair(out, "reason", stopped);
  for (const json::value& notice : list(bench, "notices")) add_pair(out, "notice", std::string(notice.as_string()));
  add_pair(out, "version", "amend " + text(bench, "version"));
  return out + "</table>\n</header>\n";
}

std::string trials(const json::object& bench) {
  if (bench.at("find_max").is_null()) return {};
  const json::object& found = bench.at("find_max").as_object();
  std::string out = "<section id=\"find-max\">\n<h2>Highest rate that meets the objective</h2>\n";
  append(out, "<p data-total=\"found\" data-value=\"{}\">{}</p>\n",
         found.at("rate").is_null() ? 0.0 : number(found, "rate"),
         found.at("rate").is_null() ? "No rate met the objective."
                                    : rate_text(found) + " met the objective in two trials.");
  out +=
      "<div class=\"scroll\"><table><thead><tr><th class=\"n\">rate</th><th>met</th>"
      "<th>reason</th></tr></thead><tbody>\n";
  for (const json::value& value : list(found, "trials")) {
    const json::object& trial = value.as_object();
    append(out, "<tr>{}<td>{}</td><td class=\"words\">{}{}</td></tr>\n", cell(rate_text(trial)),
           trial.at("kept").as_bool() ? "yes" : "no", escaped(text(trial, "broken")),
           trial.at("client_limited").as_bool() && !trial.at("kept").as_bool()
               ? fmt::format(" ({})", client_limited_text)
               : std::string());
  }
  return out + "</tbody></table></div>\n</section>\n";
}

std::string comparison(const json::object& bench) {
  if (bench.at("comparison").is_null()) return {};
  const json::object& compared = bench.at("comparison").as_object();
  std::string out =
      "<section id=\"comparison\">\n<h2>A and B</h2>\n<div class=\"scroll\"><table><thead><tr><th></th>"
      "<th class=\"n\">A</th><th class=\"n\">B</th><th class=\"n\">B / A</th><th class=\"n\">95 % interval</th>"
      "<th>differ</th><th class=\"n\">p</th></tr></thead><tbody>\n";
  for (const json::value& value : list(compared, "figures")) {
    const json::object& figure = value.as_object();
    append(out, "<tr><th scope=\"row\">{}</th>{}{}{}{}<td>{}</td>{}</tr>\n", escaped(text(figure, "figure")),
           cell(fmt::format("{:.4g}", number(figure, "a"))), cell(fmt::format("{:.4g}", number(figure, "b"))),
           cell(fmt::format("{:.3f}", number(figure, "ratio"))),
           cell(fmt::format("{:.3f} to {:.3f}", number(figure, "low"), number(figure, "high"))),
           figure.at("differ").as_bool() ? "yes" : "no difference found",
           cell(fmt::format("{:.3g}", number(figure, "p"))));
  }
  append(out, "</tbody></table></div>\n<p class=\"note\">Medians of {} turns per side.</p>\n</section>\n",
         count(compared, "turns"));
  return out;
}

std::string totals(const json::array& steps) {
  std::uint64_t requests = 0, answered = 0, errors = 0, late = 0;
  for (const json::value& value : steps) {
    const json::object& step = value.as_object();
    requests += count(step, "requests");
    answered += count(step, "answered");
    errors += errors_in(step);
    late += count(step.at("late").as_object(), "sends");
  }
  std::string out = "<ul class=\"cards\">\n";
  add_total(out, "requests", "requests", requests);
  add_total(out, "responses", "answered", answered);
  add_total(out, "errors", "errors", errors);
  add_total(out, "late requests (1 ms or more)", "late", late);
  return out + "</ul>\n";
}

std::string steps_table(const json::array& steps) {
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th class=\"n\">rate</th><th class=\"n\">responses per second</th>"
      "<th class=\"n\">requests</th><th class=\"n\">errors</th><th>latency</th><th class=\"n\">p50</th>"
      "<th class=\"n\">p90</th><th class=\"n\">p99</th><th class=\"n\">p99.9</th><th class=\"n\">longest</th>"
      "<th class=\"n\">late requests</th><th>objective</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const json::object& step = steps[i].as_object();
    for (const std::string_view of : {"latency", "service"}) {
      const bool first = of == "latency";
      const json::object& latency = step.at(std::string(of) + "_ms").as_object();
      out += "<tr>";
      out += first ? cell(rate_text(step)) + cell(fmt::format("{:.6g}", number(step, "answers_per_second"))) +
                         cell(show_count(count(step, "requests"))) + cell(show_count(errors_in(step)))
                   : cell("") + cell("") + cell("") + cell("");
      append(out, "<td>{}</td>", first ? "from planned time" : "from sending");
      for (const std::string_view name : {"p50", "p90", "p99", "p999", "max"}) {
        const double ms = number(latency, name);
        const std::string data =
            i == 0 ? fmt::format(" data-of=\"{}\" data-percentile=\"{}\" data-value=\"{:.3f}\"", of, name, ms) : "";
        append(out, "<td class=\"n\"{}>{}</td>", data, ms_text(ms));
      }
      out += first ? cell(show_count(count(step.at("late").as_object(), "sends"))) : cell("");
      const std::string broken = text(step, "slo_broken");
      append(out, "<td class=\"words\">{}</td></tr>\n",
             !first || step.at("slo_kept").is_null() ? ""
             : broken.empty()                        ? "met"
                                                     : escaped(broken));
    }
  }
  return out + "</tbody></table></div>\n";
}

std::string responses_table(const json::array& steps) {
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th class=\"n\">rate</th><th>status or error</th>"
      "<th class=\"n\">requests</th><th>example</th></tr></thead><tbody>\n";
  for (const json::value& value : steps) {
    const json::object& step = value.as_object();
    for (const auto& status : step.at("by_status").as_object())
      append(out, "<tr>{}<td>HTTP {}</td>{}<td></td></tr>\n", cell(rate_text(step)),
             escaped(std::string_view(status.key())), cell(show_count(status.value().to_number<std::uint64_t>())));
    for (const json::value& one : list(step, "errors")) {
      const json::object& error = one.as_object();
      append(out, "<tr>{}<td>{}</td>{}<td class=\"words\">{}</td></tr>\n", cell(rate_text(step)),
             escaped(text(error, "code")), cell(show_count(count(error, "count"))), escaped(text(error, "example")));
    }
  }
  return out + "</tbody></table></div>\n";
}

std::string connections_table(const json::array& connections) {
  std::string out =
      "<details><summary>Connections</summary>\n<div class=\"scroll\"><table><thead><tr><th class=\"n\">no.</th>"
      "<th class=\"n\">opened</th><th class=\"n\">responses</th><th class=\"n\">errors</th><th class=\"n\">p50</th>"
      "<th class=\"n\">p99</th><th class=\"n\">longest</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < connections.size(); ++i) {
    const json::object& one = connections[i].as_object();
    const json::object& service = one.at("service_ms").as_object();
    append(out, "<tr>{}{}{}{}{}{}{}</tr>\n", cell(std::to_string(i + 1)), cell(show_count(count(one, "opened"))),
           cell(show_count(count(one, "answered"))), cell(show_count(count(one, "errors"))),
           cell(ms_text(number(service, "p50"))), cell(ms_text(number(service, "p99"))),
           cell(ms_text(number(service, "max"))));
  }
  return out + "</tbody></table></div>\n<p class=\"note\">Latency starts at sending.</p></details>\n";
}

TimeChart chart_over_time(const json::object& side, std::string id, std::string title, std::string y_title) {
  TimeChart chart;
  chart.id = std::move(id);
  chart.title = std::move(title);
  chart.y_title = std::move(y_title);
  chart.x_max = std::max(1.0, static_cast<double>(list(side, "series").size()) * number(side, "series_seconds"));
  return chart;
}

std::string throughput(const json::object& side, const std::string& suffix) {
  TimeChart chart = chart_over_time(side, "throughput" + suffix, "Throughput", "per second");
  chart.note = "The chart counts each request at the time of its response. It includes the warm-up.";
  const double width = number(side, "series_seconds");
  ChartLine answers("responses", 2), errors("errors", 1);
  for (const json::value& value : list(side, "series")) {
    const json::object& point = value.as_object();
    const double at = number(point, "at_s") + width / 2;
    answers.points.emplace_back(at, number(point, "answered") / width);
    errors.points.emplace_back(at, number(point, "errors") / width);
  }
  chart.lines = {std::move(answers), std::move(errors)};
  return render(chart);
}

std::string latency_over_time(const json::object& side, const std::string& suffix) {
  TimeChart chart =
      chart_over_time(side, "latency-over-time" + suffix, "Latency over time", "milliseconds, logarithmic");
  chart.scale = Scale::logarithmic;
  chart.note =
      "Latency is the time from the planned time of a request to its complete response. The chart includes the "
      "warm-up.";
  for (const auto& [name, key, ink] :
       {std::tuple("longest", "max", 4U), std::tuple("p99", "p99", 1U), std::tuple("p50", "p50", 0U)}) {
    ChartLine line(name, ink);
    for (const json::value& value : list(side, "series")) {
      const json::object& point = value.as_object();
      const double ms = number(point.at("latency_ms").as_object(), key);
      line.points.emplace_back(number(point, "at_s") + number(side, "series_seconds") / 2,
                               ms > 0 ? std::optional(ms) : std::nullopt);
    }
    chart.lines.push_back(std::move(line));
  }
  return render(chart);
}

std::string histogram(const json::object& step, const std::string& suffix) {
  HistogramChart chart;
  chart.id = "latency-histogram" + suffix;
  chart.title = "Response time";
  chart.x_title = "milliseconds, logarithmic";
  chart.y_title = "requests";
  chart.note = "Response time starts at the planned time of a request. The chart does not include the warm-up.";
  for (const json::value& value : list(step, "latency_bars")) {
    const json::object& bar = value.as_object();
    chart.bars.emplace_back(number(bar, "from_ms"), number(bar, "to_ms"), count(bar, "count"));
  }
  const json::object& latency = step.at("latency_ms").as_object();
  if (!chart.bars.empty()) {
    chart.marks.emplace_back(number(latency, "p50"), "p50");
    if (number(latency, "p99") > 2 * number(latency, "p50")) chart.marks.emplace_back(number(latency, "p99"), "p99");
  }
  return render(chart);
}

std::string side_section(const json::object& side) {
  const std::string name = text(side, "name");
  const std::string suffix = name.empty() ? "" : "-" + name;
  const json::array& steps = list(side, "steps");
  std::string title = name.empty() ? "Results" : "Side " + name + ", last turn";
  if (!text(side, "settings").empty()) title += ": " + text(side, "settings");
  std::string out = fmt::format("<section id=\"side{}\">\n<h2>{}</h2>\n", escaped(suffix), escaped(title));
  out += totals(steps) + "<table class=\"pairs\">\n";
  add_pair(out, "target", text(side, "url"));
  add_pair(out, "address", text(side, "address"));
  add_pair(out, "TLS", text(side, "tls"));
  add_pair(out, "connections", fmt::format("{}, depth {}", count(side, "connections_max"), count(side, "pipeline")));
  out += "</table>\n" + steps_table(steps) + "<div class=\"two\">\n" + throughput(side, suffix) +
         latency_over_time(side, suffix) + "</div>\n";
  if (steps.size() == 1) out += histogram(steps.front().as_object(), suffix);
  return out + responses_table(steps) + connections_table(list(side, "connections")) + "</section>\n";
}

std::string render_main(const json::object& bench, std::string_view directory) {
  std::string out = head(bench, directory) + trials(bench) + comparison(bench);
  for (const json::value& side : list(bench, "sides")) out += side_section(side.as_object());
  return out +
         "<p class=\"note\">Latency is the time from the planned time of a request to its complete response. In a "
         "closed "
         "loop it starts at sending. A request is late if amend sent it 1 ms or more after its planned time.</p>\n";
}

}  // namespace

std::string render_bench_page(std::string_view bench_json, std::string_view directory) {
  try {
    const json::value bench = json::parse(bench_json);
    if (text(bench.as_object(), "form") != "amend-bench/1") throw InputError("another form");
    return document("amend bench: " + std::string(directory), render_main(bench.as_object(), directory));
  } catch (const std::exception&) {
    throw InputError(printable(std::string(directory) + "/bench.json", 4096) +
                     ": amend bench did not write this file, or it is damaged");
  }
}

}  // namespace amend::report
