// What was asked, what has come of it, and what is left to do.
#include <algorithm>

#include "amend/report/charts.hpp"
#include "amend/report/page.hpp"
#include "report/page_parts.hpp"

namespace amend::report {
namespace {

std::string_view name_of(Task task) noexcept {
  return std::ranges::find(task_spellings, task, &std::pair<std::string_view, Task>::second)->first;
}

bool all_well(const RunPicture& picture) {
  std::uint64_t well = 0;
  for (const Status status : all_statuses) well += is_well(status) ? picture.rows(status) : 0;
  return well == picture.rows_ended();
}

std::string standing_text(const RunPicture& picture) {
  switch (picture.standing) {
    case Standing::goes_on: return "It goes on; this page shows it as it was when the page was made.";
    case Standing::killed: return "It was killed, or its machine stopped: it has no end, and rows may be left.";
    case Standing::stopped: return "It stopped before its input did.";
    case Standing::finished:
      return all_well(picture) ? "It is finished: every row ended well."
                               : "It is finished: some rows did not end well.";
    case Standing::compared: return "It has compared, and changed nothing.";
  }
  return {};
}

std::string_view colour_of(const RunPicture& picture) noexcept {
  if (picture.standing == Standing::goes_on || picture.standing == Standing::compared) return "";
  const bool well = picture.standing == Standing::finished && all_well(picture);
  return well ? " well" : " ill";
}

void add_pair(std::string& out, std::string_view name, const std::string& value) {
  if (!value.empty()) append(out, "<tr><th scope=\"row\">{}</th><td>{}</td></tr>\n", escaped(name), escaped(value));
}

std::string asked(const RunPicture& picture) {
  std::string out = "<table class=\"pairs\">\n";
  std::string task(name_of(picture.task));
  if (picture.task == Task::reconcile) task += picture.applies ? " --apply" : ", without --apply";
  add_pair(out, "command", task);
  std::string input = picture.input == "-" ? "standard input" : picture.input;
  if (picture.input_bytes > 0) input += fmt::format(", {} bytes", grouped(picture.input_bytes));
  add_pair(out, "input", input);
  add_pair(out, "target", picture.url);
  add_pair(out, "run", picture.directory);
  add_pair(out, "retries the run", picture.parent);
  for (const std::string& retry : picture.retries) add_pair(out, "was retried by", retry);
  return out + "</table>\n";
}

std::string happened(const RunPicture& picture) {
  std::string out = "<table class=\"pairs\">\n";
  add_pair(out, "started", time_text(picture.started_at));
  if (picture.ended_at)
    add_pair(out, picture.standing == Standing::goes_on ? "last record" : "ended", time_text(*picture.ended_at));
  if (picture.elapsed.count() > 0) add_pair(out, "time", duration_text(picture.elapsed));
  if (!picture.load.resumed_s.empty())
    add_pair(out, "resumed",
             fmt::format("{}; the time between is left out",
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
  add_pair(out, "why it stopped", picture.stop_reason);
  add_pair(out, "made by", "amend " + picture.version);
  return out + "</table>\n";
}

std::string next_steps(const RunPicture& picture) {
  if (picture.next.empty()) return {};
  std::string out = "<h3>What to do next</h3>\n<pre>";
  for (const std::string& command : picture.next) out += escaped(command) + "\n";
  return out + "</pre>\n";
}

void add_card(std::string& out, std::string_view name, std::uint64_t value, bool ill) {
  append(out, "<li{}><b data-total=\"{}\" data-value=\"{}\">{}</b>{}</li>\n", ill ? " class=\"ill\"" : "", name, value,
         grouped(value), name);
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

std::string explanation() {
  return "<p class=\"note\">failed: the last attempt got a complete answer that refuses the row. unknown: the last "
         "attempt "
         "was sent and got no usable answer. rejected: bad input, never sent. superseded: never sent, another row of "
         "the "
         "customer stands for it. unchanged: never sent, the API holds what the row wants. unsent: no record; it may "
         "have "
         "been in flight.</p>\n";
}

}  // namespace

std::string head_section(const RunPicture& picture) {
  std::string out = "<header>\n<h1>" + escaped(picture.directory) + "</h1>\n";
  append(out, "<p class=\"standing{}\" data-standing=\"{}\">{}</p>\n", colour_of(picture), to_string(picture.standing),
         standing_text(picture));
  if (picture.rows(Status::unknown) > 0)
    out += "<p>Rows that are <b>unknown</b> may have been applied all the same.</p>\n";
  if (!picture.retries.empty())
    append(out,
           "<p>A retry of this run stands beside it ({}): a row counts by its last record there; "
           "<code>amend status</code> adds them up. This page is about this run alone.</p>\n",
           picture.retries.size());
  for (const std::string& warning : picture.warnings) append(out, "<p class=\"warning\">{}</p>\n", escaped(warning));
  return out + "</header>\n<section id=\"asked\">\n<h2>What was asked, and what happened</h2>\n<div class=\"two\">\n" +
         asked(picture) + happened(picture) + "</div>\n" + next_steps(picture) + "</section>\n";
}

std::string rows_section(const RunPicture& picture) {
  if (!picture.applies) return {};
  std::string out = "<section id=\"rows\">\n<h2>Rows</h2>\n<ul class=\"cards\">\n";
  add_card(out, "recorded", picture.rows_ended(), false);
  ShareChart chart;
  chart.id = "rows-chart";
  chart.title = "Rows by status";
  chart.whole = picture.rows_ended() + picture.unsent.value_or(0);
  for (const Status status : all_statuses) {
    const std::uint64_t rows = picture.rows(status);
    add_card(out, to_string(status), rows, rows > 0 && !is_well(status));
    if (rows > 0) chart.bars.emplace_back(std::string(to_string(status)), rows, ink_of(status));
  }
  if (picture.unsent) {
    add_card(out, "unsent", *picture.unsent, *picture.unsent > 0);
    if (*picture.unsent > 0) chart.bars.emplace_back("unsent", *picture.unsent, 6);
  } else if (picture.standing != Standing::goes_on) {
    out += "<li><b data-total=\"unsent\" data-value=\"\">not known</b>unsent</li>\n";
  }
  out += "</ul>\n";
  if (picture.overtaken.value_or(0) > 0)
    append(out,
           "<p class=\"note\">{} failed or unknown rows are in no file to be fed back: a later row of their customer "
           "succeeded.</p>\n",
           grouped(*picture.overtaken));
  return out + render(chart) + explanation() + "</section>\n";
}

}  // namespace amend::report
