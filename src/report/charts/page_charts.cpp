// Rate, latency and push-back over time.
#include <algorithm>
#include <array>

#include "amend/report/page.hpp"
#include "report/charts/charts.hpp"
#include "report/page/page_parts.hpp"

namespace amend::report {
namespace {

constexpr std::string_view not_recorded = "There is no data: the run has no timeline.ndjson.";

double seconds_of(const RunPicture& picture) {
  return std::max(0.001, static_cast<double>(picture.elapsed.count()) / 1e3);
}

TimeChart chart_of(const RunPicture& picture, std::string id, std::string title, std::string y_title) {
  TimeChart chart;
  chart.id = std::move(id);
  chart.title = std::move(title);
  chart.y_title = std::move(y_title);
  chart.x_max = seconds_of(picture);
  for (const double at : picture.load.resumed_s) chart.marks.emplace_back(at, "resumed");
  return chart;
}

template <class Value>
ChartLine line_of(const std::vector<LoadPoint>& points, std::string name, unsigned ink, Value value) {
  ChartLine line(std::move(name), ink);
  for (const LoadPoint& point : points) line.points.emplace_back(point.at_s, value(point));
  return line;
}

template <class Value>
ChartLine line_of(const std::vector<OutcomePoint>& points, std::string name, unsigned ink, Value value) {
  ChartLine line(std::move(name), ink);
  for (const OutcomePoint& point : points) line.points.emplace_back(point.at_s, value(point));
  return line;
}

void add_waits(TimeChart& chart, const LoadHistory& load) {
  static constexpr std::array<std::string_view, Wait::causes> names{"paused by the operator", "paused by rate hints",
                                                                    "circuit breaker open", "no connection"};
  for (std::size_t cause = 0; cause < Wait::causes; ++cause) {
    ChartBand band(std::string(names[cause]), static_cast<unsigned>(cause));
    for (const Wait& wait : load.waits)
      if (static_cast<std::size_t>(wait.cause) == cause) band.stretches.emplace_back(wait.from_s, wait.to_s);
    chart.bands.push_back(std::move(band));
  }
}

bool any_not_well(const std::vector<OutcomePoint>& points) {
  return std::ranges::any_of(points, [](const OutcomePoint& point) { return point.not_well > 0; });
}

std::string throughput(const RunPicture& picture) {
  TimeChart chart = chart_of(picture, "throughput", "Throughput", "per second");
  const auto& load = picture.load.points;
  if (!picture.outcomes.empty()) {
    chart.lines.push_back(line_of(picture.outcomes, "rows: success", 2, [](const auto& p) { return p.success; }));
    if (any_not_well(picture.outcomes))
      chart.lines.push_back(
          line_of(picture.outcomes, "rows: failed or unknown", 1, [](const auto& p) { return p.not_well; }));
  }
  if (!load.empty()) {
    chart.lines.push_back(line_of(load, "requests, with retries", 0, [](const auto& p) { return p.requests; }));
    // A rate limit far above the rate of requests would flatten all other lines.
    double most = 0;
    for (const LoadPoint& point : load) most = std::max(most, point.requests);
    chart.lines.push_back(line_of(load, "rate limit", 6, [&](const LoadPoint& p) {
      return p.allowed && *p.allowed <= 3 * most ? p.allowed : std::nullopt;
    }));
  }
  add_waits(chart, picture.load);
  for (std::size_t i = 0; i < picture.notices.size(); ++i)
    if (picture.notices[i].at_s) chart.marks.emplace_back(*picture.notices[i].at_s, std::to_string(i + 1));
  chart.note =
      "The chart counts each row when it gets its final status. It does not include rows that amend did not send "
      "(rejected, superseded, unchanged).";
  if (!picture.load.recorded) chart.note += " Requests and waits are missing: the run has no timeline.ndjson.";
  return render(chart);
}

std::string latency_over_time(const RunPicture& picture) {
  TimeChart chart = chart_of(picture, "latency-over-time", "Latency over time", "milliseconds, logarithmic");
  chart.scale = Scale::logarithmic;
  const auto line = [&](std::string name, unsigned ink, std::chrono::nanoseconds Latency::*member) {
    chart.lines.push_back(line_of(picture.outcomes, std::move(name), ink, [&](const OutcomePoint& point) {
      return point.latency ? std::optional(static_cast<double>(((*point.latency).*member).count()) / 1e6)
                           : std::optional<double>();
    }));
  };
  line("p99", 1, &Latency::p99);
  line("p90", 3, &Latency::p90);
  line("p50", 0, &Latency::p50);
  chart.note = "Latency is the time from sending a request to its response. Counted: " + picture.latency_bars_of + ".";
  return render(chart);
}

std::string in_flight(const RunPicture& picture) {
  TimeChart chart = chart_of(picture, "in-flight", "Requests in flight", "requests");
  const auto& load = picture.load.points;
  chart.lines.push_back(line_of(load, "in flight, maximum", 0, [](const auto& p) { return p.in_flight; }));
  chart.lines.push_back(line_of(load, "limit", 6, [](const auto& p) { return p.in_flight_max; }));
  if (!picture.load.recorded) chart.note = not_recorded;
  return render(chart);
}

std::string limiter(const RunPicture& picture) {
  TimeChart chart = chart_of(picture, "limiter-wait", "Waiting for the rate limiter",
                             "waiting seconds per second, sum of all workers");
  chart.lines.push_back(
      line_of(picture.load.points, "waiting time of ready rows", 5, [](const auto& p) { return p.waiting; }));
  chart.note = picture.load.recorded ? "If the value is near the number of workers, the rate limit slows the run. If "
                                       "it is near 0, the API or this machine slows the run."
                                     : not_recorded;
  return render(chart);
}

std::string pushed_back(const RunPicture& picture) {
  TimeChart chart = chart_of(picture, "push-back-over-time", "Retries and rate limiting", "per second");
  const auto& load = picture.load.points;
  chart.lines.push_back(line_of(load, "retries", 0, [](const auto& p) { return p.retries; }));
  chart.lines.push_back(line_of(load, "429 responses", 1, [](const auto& p) { return p.throttled; }));
  chart.lines.push_back(line_of(load, "503 responses and timeouts", 5, [](const auto& p) { return p.overloaded; }));
  if (std::ranges::any_of(load, [](const LoadPoint& p) { return p.not_connected > 0; }))
    chart.lines.push_back(line_of(load, "failed connections", 3, [](const auto& p) { return p.not_connected; }));
  add_waits(chart, picture.load);
  if (!picture.load.recorded) chart.note = not_recorded;
  return render(chart);
}

void add_wait_row(std::string& out, const LoadHistory& load, Wait::Cause cause, std::string_view id,
                  std::string_view name) {
  const auto i = static_cast<std::size_t>(cause);
  append(out,
         "<tr><th scope=\"row\">{}</th><td class=\"n\" data-wait=\"{}\" data-value=\"{}\">{}</td><td "
         "class=\"n\">{:.1f} s</td></tr>\n",
         name, id, load.times_waited[i], load.times_waited[i], load.waited_s[i]);
}

std::string waits_table(const LoadHistory& load) {
  if (!load.recorded) return {};
  std::string out =
      "<table class=\"waits\"><thead><tr><th>pauses (sampled)</th><th class=\"n\">times</th>"
      "<th class=\"n\">total</th></tr></thead><tbody>\n";
  add_wait_row(out, load, Wait::Cause::held, "held", "rate hints of the server (Retry-After, RateLimit)");
  add_wait_row(out, load, Wait::Cause::circuit, "circuit", "circuit breaker not closed (outage)");
  add_wait_row(out, load, Wait::Cause::connect, "connect", "no connection to the API");
  add_wait_row(out, load, Wait::Cause::paused, "paused", "paused by the operator");
  return out + "</tbody></table>\n";
}

std::string requests_table(const RunPicture& picture) {
  if (picture.requests.empty()) return {};
  std::string out = "<table class=\"requests\"><thead><tr><th>requests</th><th class=\"n\">";
  out += escaped(picture.requests_of.empty() ? "total" : picture.requests_of) + "</th></tr></thead><tbody>\n";
  for (const auto& [name, count] : picture.requests)
    append(out, "<tr><th scope=\"row\">{0}</th><td class=\"n\" data-request=\"{0}\" data-value=\"{1}\">{2}</td></tr>\n",
           escaped(name), count, show_count(count));
  if (picture.load.recorded)
    append(
        out,
        "<tr><th scope=\"row\">503 responses and timeouts (timeline)</th><td class=\"n\" data-request=\"overloaded\" "
        "data-value=\"{}\">{}</td></tr>\n",
        picture.load.overloaded, show_count(picture.load.overloaded));
  return out + "</tbody></table>\n";
}

std::string notices_table(const std::vector<Notice>& notices) {
  if (notices.empty()) return {};
  std::string out =
      "<h3>Notices</h3>\n<div class=\"scroll\"><table><thead><tr><th class=\"n\">no.</th><th>after</th>"
      "<th>notice</th></tr></thead><tbody>\n";
  for (std::size_t i = 0; i < notices.size(); ++i) {
    const auto at = notices[i].at_s;
    append(out, "<tr data-notice=\"{0}\"><td class=\"n\">{0}</td><td>{1}</td><td class=\"words\">{2}</td></tr>\n",
           i + 1, at ? show_duration(std::chrono::milliseconds(static_cast<std::int64_t>(*at * 1e3))) : "not recorded",
           escaped(notices[i].text));
  }
  return out + "</tbody></table></div>\n";
}

double in_ms(std::chrono::nanoseconds duration) { return static_cast<double>(duration.count()) / 1e6; }

void add_percentile(std::string& out, const LatencyRow& row, std::string_view name, std::chrono::nanoseconds value) {
  append(out, "<td class=\"n\" data-of=\"{}\" data-percentile=\"{}\" data-value=\"{:.3f}\">{}</td>", escaped(row.name),
         name, in_ms(value), ms_text(in_ms(value)));
}

std::string percentiles(const std::vector<LatencyRow>& rows) {
  if (rows.empty()) return "<p class=\"note\">No attempt got a response.</p>\n";
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th>latency</th><th class=\"n\">p50</th><th class=\"n\">p90</th>"
      "<th class=\"n\">p99</th><th class=\"n\">p99.9</th><th class=\"n\">longest</th></tr></thead><tbody>\n";
  for (const LatencyRow& row : rows) {
    append(out, "<tr><th scope=\"row\">{}</th>", escaped(row.of));
    add_percentile(out, row, "p50", row.latency.p50);
    add_percentile(out, row, "p90", row.latency.p90);
    add_percentile(out, row, "p99", row.latency.p99);
    add_percentile(out, row, "p999", row.latency.p999);
    add_percentile(out, row, "max", row.latency.max);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string histogram(const RunPicture& picture) {
  HistogramChart chart;
  chart.id = "latency-histogram";
  chart.title = "Response time";
  chart.x_title = "milliseconds, logarithmic";
  chart.y_title = "responses";
  chart.note = "Includes " + picture.latency_bars_of + ".";
  for (const LatencyBar& bar : picture.latency_bars) chart.bars.emplace_back(bar.from_ms, bar.to_ms, bar.count);
  if (!chart.bars.empty() && !picture.latencies.empty()) {
    const Latency& of_log = picture.latencies.front().latency;
    chart.marks.emplace_back(in_ms(of_log.p50), "p50");
    if (of_log.p99 > 2 * of_log.p50) chart.marks.emplace_back(in_ms(of_log.p99), "p99");
  }
  return render(chart);
}

}  // namespace

std::string time_section(const RunPicture& picture) {
  if (!picture.applies) return {};
  return "<section id=\"time\">\n<h2>Timeline</h2>\n" + throughput(picture) + "<div class=\"two\">\n" +
         latency_over_time(picture) + in_flight(picture) + pushed_back(picture) + limiter(picture) + "</div>\n" +
         notices_table(picture.notices) + "</section>\n";
}

std::string latency_section(const RunPicture& picture) {
  if (!picture.applies) return {};
  return "<section id=\"latency\">\n<h2>Latency</h2>\n" + histogram(picture) + percentiles(picture.latencies) +
         "</section>\n";
}

std::string push_back_section(const RunPicture& picture) {
  if (!picture.applies) return {};
  const std::string tables = requests_table(picture) + waits_table(picture.load);
  if (tables.empty()) return {};
  return "<section id=\"push-back\">\n<h2>Requests and pauses</h2>\n<div class=\"two\">\n" + tables +
         "</div>\n</section>\n";
}

}  // namespace amend::report
