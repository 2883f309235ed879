// Errors, slow rows, the fields of a comparison, settings and files.
#include "amend/report/page.hpp"
#include "report/charts/charts.hpp"
#include "report/page/page_parts.hpp"
#include "row/api_code.hpp"

namespace amend::report {
namespace {

constexpr std::size_t codes_in_chart = 10;

std::string time_cell(std::string time) {
  if (time.size() > 20) time = time.substr(0, 19);
  for (char& c : time)
    if (c == 'T') c = ' ';
  return escaped(time);
}

std::string values_text(const ErrorGroup& error) {
  std::string out;
  for (const auto& [column, value] : error.values)
    append(out, "<br><span class=\"soft\">{}</span> {}", escaped(column), escaped(value));
  return out;
}

// Texts of amend mark a command with backticks.
std::string with_code(std::string_view text) {
  std::string out;
  bool inside = false;
  for (const char c : escaped(text)) {
    if (c != '`') {
      out += c;
    } else {
      out += inside ? "</code>" : "<code>";
      inside = !inside;
    }
  }
  return inside ? out + "</code>" : out;
}

std::string words(const ErrorGroup& error) {
  if (error.text_withheld)
    return fmt::format(
        "<span class=\"soft\">The text may contain a customer's values, so it is not shown. Read row {} of "
        "results.ndjson, or run <code>amend report --show-values</code>.</span>",
        error.row);
  return escaped(error.text);
}

void add_error(std::string& out, const ErrorGroup& error, std::uint64_t whole) {
  const double share = whole == 0 ? 0 : 100 * static_cast<double>(error.rows) / static_cast<double>(whole);
  append(out,
         "<tr><td><code data-error=\"{0}\" data-value=\"{1}\">{0}</code></td><td class=\"n\" "
         "data-label=\"rows\">{2}</td><td "
         "class=\"n\" data-label=\"share of errors\">{3:.1f} %</td>",
         escaped(error.code), error.rows, show_count(error.rows), share);
  append(out, "<td class=\"n\" data-label=\"first, last (UTC)\">{}<br>{}</td>", time_cell(error.first_at),
         time_cell(error.last_at));
  append(out, "<td class=\"words\">{}<br><b>What to do:</b> {}</td>",
         with_code(error.meaning.empty() ? api_code.meaning : error.meaning),
         with_code(error.remedy.empty() ? api_code.remedy : error.remedy));
  const std::string id = error.id.empty() ? "" : "<br><code>" + escaped(error.id) + "</code>";
  append(out, "<td class=\"words\" data-label=\"example\">row {}, line {}{}<br>{}", error.row, error.line, id,
         words(error));
  if (!error.request_id.empty())
    append(out, "<br><span class=\"soft\">request</span> <code>{}</code>", escaped(error.request_id));
  out += values_text(error) + "</td></tr>\n";
}

std::string error_chart(const RunPicture& picture) {
  ShareChart chart;
  chart.id = "errors-chart";
  chart.title = "Rows by error code";
  chart.whole = picture.rows_with_error;
  for (const ErrorGroup& error : picture.errors) {
    if (chart.bars.size() == codes_in_chart) break;
    chart.bars.emplace_back(error.code, error.rows, 1);
  }
  if (picture.error_codes > codes_in_chart)
    chart.note = fmt::format("The chart shows the {} most frequent of {} codes.", codes_in_chart, picture.error_codes);
  return render(chart);
}

std::string fields_table(const ComparisonPicture& comparison) {
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th>field</th><th class=\"n\">rows that differ</th>"
      "<th class=\"n\">drift</th></tr></thead><tbody>\n";
  for (const auto& field : comparison.fields)
    append(out,
           "<tr><th scope=\"row\">{0}</th><td class=\"n\" data-differs=\"{0}\" data-value=\"{1}\">{2}</td>"
           "<td class=\"n\" data-drift=\"{0}\" data-value=\"{3}\">{4}</td></tr>\n",
           escaped(field.name), field.differs, show_count(field.differs), field.drift, show_count(field.drift));
  return out +
         "</tbody></table></div>\n<p class=\"note\">Drift: the response to the PUT shows another value than amend "
         "sent.</p>\n";
}

std::string signs_table(const ComparisonPicture& comparison) {
  if (!comparison.planned) return "<p class=\"note\">There is no plan.ndjson: the comparison is not complete.</p>\n";
  std::string out =
      "<div class=\"scroll\"><table><thead><tr><th>sign</th><th "
      "class=\"n\">rows</th><th>meaning</th></tr></thead><tbody>\n";
  for (const auto& sign : comparison.signs)
    append(
        out,
        "<tr><td><code>{0}</code></td><td class=\"n\" data-sign=\"{0}\" data-value=\"{1}\">{2}</td><td>{3}</td></tr>\n",
        escaped(std::string_view(&sign.sign, 1)), sign.rows, show_count(sign.rows), escaped(sign.meaning));
  return out + "</tbody></table></div>\n";
}

template <class Pairs>
std::string pairs_table(const Pairs& pairs) {
  std::string out = "<table class=\"pairs\">\n";
  for (const auto& [name, value] : pairs)
    append(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escaped(name), escaped(value));
  return out + "</table>\n";
}

std::string files_table(const RunPicture& picture) {
  std::string out = "<table class=\"pairs\">\n";
  for (const auto& [name, bytes] : picture.files)
    append(out, "<tr><th scope=\"row\">{}</th><td class=\"n\">{} bytes</td></tr>\n", escaped(name), show_count(bytes));
  return out + "</table>\n";
}

}  // namespace

std::string errors_section(const RunPicture& picture) {
  if (picture.errors.empty()) return {};
  std::string out = "<section id=\"errors\">\n<h2>Errors</h2>\n" + error_chart(picture);
  out +=
      "<div class=\"scroll\"><table class=\"stack\"><thead><tr><th>code</th><th class=\"n\">rows</th><th "
      "class=\"n\">share of "
      "errors</th>"
      "<th class=\"n\">first, last (UTC)</th><th>meaning and remedy</th><th>example</th></tr></thead><tbody>\n";
  for (const ErrorGroup& error : picture.errors) add_error(out, error, picture.rows_with_error);
  out += "</tbody></table></div>\n";
  append(out,
         "<p class=\"note\">Rows with an error code: <span data-total=\"rows_with_error\" data-value=\"{}\">{}</span>.",
         picture.rows_with_error, show_count(picture.rows_with_error));
  if (picture.error_codes > picture.errors.size())
    append(out, " The table shows the {} most frequent of {} codes.", picture.errors.size(), picture.error_codes);
  return out + "</p>\n</section>\n";
}

std::string comparison_section(const RunPicture& picture) {
  if (!picture.comparison) return {};
  return "<section id=\"comparison\">\n<h2>Comparison with the API</h2>\n<div class=\"two\">\n<div>" +
         signs_table(*picture.comparison) + "</div>\n<div>" + fields_table(*picture.comparison) +
         "</div>\n</div>\n</section>\n";
}

std::string slowest_section(const RunPicture& picture) {
  if (picture.slowest.empty()) return {};
  std::string out =
      "<section id=\"slowest\">\n<h2>Slowest rows</h2>\n<div class=\"scroll\"><table><thead><tr><th class=\"n\">last "
      "attempt</th>"
      "<th class=\"n\">row</th><th class=\"n\">line</th><th>id</th><th>status</th><th class=\"n\">http</th>"
      "<th class=\"n\">attempts</th><th>ended (UTC)</th><th>request id</th></tr></thead><tbody>\n";
  for (const SlowRow& row : picture.slowest) {
    append(out,
           "<tr><td class=\"n\" data-slow=\"{0}\" data-value=\"{1:.1f}\">{2}</td><td class=\"n\">{0}</td><td "
           "class=\"n\">{3}</td>",
           row.row, row.ms, ms_text(row.ms), row.line);
    append(out, "<td class=\"id\">{}</td><td>{}{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>", escaped(row.id),
           escaped(row.status), row.error_code.empty() ? "" : "<br><code>" + escaped(row.error_code) + "</code>",
           escaped(row.http), escaped(row.attempts));
    append(out, "<td class=\"n\">{}</td><td class=\"id\">{}</td></tr>\n", time_cell(row.at), escaped(row.request_id));
  }
  return out + "</tbody></table></div>\n</section>\n";
}

std::string background_section(const RunPicture& picture) {
  std::string out = "<section id=\"background\">\n<h2>Settings and files</h2>\n<div class=\"two\">\n";
  for (const SettingGroup& group : picture.settings)
    append(out, "<div><h3>{}</h3>\n{}</div>\n", escaped(group.name), pairs_table(group.settings));
  if (!picture.checks.empty()) append(out, "<div><h3>results log</h3>\n{}</div>\n", pairs_table(picture.checks));
  if (!picture.files.empty()) append(out, "<div><h3>files</h3>\n{}</div>\n", files_table(picture));
  out += "</div>\n<p class=\"note\">";
  out += picture.shows_values
             ? "This page contains customers' values (--show-values). Protect it like the run directory."
             : "This page shows only the ids of customers, no other customer values. The run directory contains no "
               "keys or tokens, but its files may contain customer values.";
  return out + "</p>\n</section>\n";
}

}  // namespace amend::report
