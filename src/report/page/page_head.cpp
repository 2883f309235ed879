// The verdict, the summary and the rows by status.
#include <algorithm>

#include "amend/report/page.hpp"
#include "report/charts/charts.hpp"
#include "report/page/page_parts.hpp"

namespace amend::report {
namespace {

std::string_view name_of(Task task) noexcept {
  return std::ranges::find(task_spellings, task, &std::pair<std::string_view, Task>::second)->first;
}

std::string_view colour_of(const RunPicture& picture) noexcept {
  if (picture.status == RunStatus::running || picture.status == RunStatus::compared) return "";
  const bool well = picture.status == RunStatus::finished && all_succeeded(picture);
  return well ? " well" : " ill";
}

std::string command_table(const RunPicture& picture) {
  std::string out = "<table class=\"pairs\">\n";
  std::string task(name_of(picture.task));
  if (properties_of(picture.task).compares_file) task += picture.applies ? " --apply" : " (without --apply)";
  add_pair(out, "command", task);
  std::string input = picture.input == "-" ? "standard input" : picture.input;
  if (picture.input_bytes > 0) input += fmt::format(", {} bytes", show_count(picture.input_bytes));
  add_pair(out, "input", input);
  add_pair(out, "target", picture.url);
  add_pair(out, "run directory", picture.directory);
  add_pair(out, "retry of", picture.parent);
  for (const std::string& retry : picture.retries) add_pair(out, "retried by", retry);
  return out + "</table>\n";
}

std::string end_table(const RunPicture& picture) {
  std::string out = "<table class=\"pairs\">\n";
  add_pair(out, "started", time_text(picture.started_at));
  if (picture.ended_at)
    add_pair(out, picture.status == RunStatus::running ? "last record" : "ended", time_text(*picture.ended_at));
  if (picture.elapsed.count() > 0) add_pair(out, "duration", show_duration(picture.elapsed));
  if (!picture.load.resumed_s.empty())
    add_pair(out, "resumed",
             fmt::format("{}; the duration does not include the time while the run was stopped",
                         picture.load.resumed_s.size() == 1 ? std::string("once")
                                                            : fmt::format("{} times", picture.load.resumed_s.size())));
  if (picture.exit_code)
    append(out, "<tr><th scope=\"row\">exit code</th><td data-total=\"exit_code\" data-value=\"{0}\">{0}</td></tr>\n",
           *picture.exit_code);
  if (picture.progress)
    append(out,
           "<tr><th scope=\"row\">progress</th><td data-total=\"progress\" data-value=\"{:.4f}\">{:.1f} % of the "
           "input</td></tr>\n",
           *picture.progress, 100 * *picture.progress);
  add_pair(out, "version", "amend " + picture.version);
  return out + "</table>\n";
}

std::string next_steps(const RunPicture& picture) {
  if (picture.next.empty()) return {};
  std::string out = "<h3>What to do next</h3>\n<pre>";
  for (const std::string& command : picture.next) out += escaped(command) + "\n";
  return out + "</pre>\n";
}

void add_card(std::string& out, std::string_view name, std::uint64_t value, bool ill, std::string_view label) {
  append(out, "<li{}><b data-total=\"{}\" data-value=\"{}\">{}</b>{}</li>\n", ill ? " class=\"ill\"" : "", name, value,
         show_count(value), label);
}

unsigned ink_of(Status status) noexcept {
  switch (status) {
    case Status::success: return 2;
    case Status::failed: return 1;
    case Status::unknown: return 5;
    case Status::rejected: return 3;
    case Status::superseded: return 4;
    case Status::unchanged: return 0;
  }
  return 6;
}

// The meaning of a status. Empty for success.
std::string_view class_of(Status status) noexcept {
  switch (status) {
    case Status::success: return "";
    case Status::failed: return "The response to the last attempt is an error.";
    case Status::unknown: return "The last attempt got no usable response. The API may have applied the row.";
    case Status::rejected: return "amend did not send the row. Its error code says why.";
    case Status::superseded: return "amend did not send the row: another row of the same customer replaces it.";
    case Status::unchanged: return "amend did not send the row: the API already has its values.";
  }
  return "";
}

std::string explanation(const RunPicture& picture) {
  std::string out;
  for (const Status status : all_statuses)
    if (picture.rows(status) > 0) add_pair(out, to_string(status), std::string(class_of(status)));
  if (picture.unsent.value_or(0) > 0)
    add_pair(out, "unsent", "The row has no result. It may have been in flight when the run ended.");
  return out.empty() ? out : "<table class=\"pairs\">\n" + out + "</table>\n";
}

}  // namespace

void add_pair(std::string& out, std::string_view name, const std::string& value) {
  if (!value.empty()) append(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escaped(name), escaped(value));
}

std::string head_section(const RunPicture& picture) {
  std::string out = "<header>\n<h1>" + escaped(picture.directory) + "</h1>\n";
  append(out, "<p class=\"standing{}\" data-standing=\"{}\">{}</p>\n", colour_of(picture), to_string(picture.status),
         escaped(verdict(picture)));
  if (!picture.stop_reason.empty()) append(out, "<p><b>Reason:</b> {}</p>\n", escaped(picture.stop_reason));
  if (!picture.retries.empty())
    append(out,
           "<p>Retries of this run in the same folder: {}. The last record of a row counts. <code>amend status</code> "
           "shows the total. This page shows only this run.</p>\n",
           picture.retries.size());
  for (const std::string& warning : picture.warnings) append(out, "<p class=\"warning\">{}</p>\n", escaped(warning));
  return out + next_steps(picture) + "</header>\n<section id=\"summary\">\n<h2>Summary</h2>\n<div class=\"two\">\n" +
         command_table(picture) + end_table(picture) + "</div>\n</section>\n";
}

std::string rows_section(const RunPicture& picture) {
  if (!picture.applies) return {};
  std::string out = "<section id=\"rows\">\n<h2>Rows</h2>\n<ul class=\"cards\">\n";
  add_card(out, "recorded", picture.rows_ended(), false, "with a result");
  ShareChart chart;
  chart.id = "rows-chart";
  chart.title = "Rows by status";
  chart.whole = picture.rows_ended() + picture.unsent.value_or(0);
  for (const Status status : all_statuses) {
    const std::uint64_t rows = picture.rows(status);
    add_card(out, to_string(status), rows, rows > 0 && !has_succeeded(status), to_string(status));
    if (rows > 0) chart.bars.emplace_back(std::string(to_string(status)), rows, ink_of(status));
  }
  if (picture.unsent) {
    add_card(out, "unsent", *picture.unsent, *picture.unsent > 0, "unsent");
    if (*picture.unsent > 0) chart.bars.emplace_back("unsent", *picture.unsent, 6);
  } else if (picture.status != RunStatus::running) {
    out += "<li><b data-total=\"unsent\" data-value=\"\">not known</b>unsent</li>\n";
  }
  out += "</ul>\n";
  if (picture.overtaken.value_or(0) > 0)
    append(out,
           "<p class=\"note\">{} failed or unknown rows are not in the retry files: a later row of the same customer "
           "succeeded.</p>\n",
           show_count(*picture.overtaken));
  return out + render(chart) + explanation(picture) + "</section>\n";
}

}  // namespace amend::report
