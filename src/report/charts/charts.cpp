#include "report/charts/charts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "amend/report/page.hpp"
#include "report/charts/axis.hpp"
#include "report/page/page_parts.hpp"

namespace amend::report {
namespace {

constexpr double units_per_percent = 10;  // of the view box: 0 … 1000 each way

std::string opening(const std::string& id, const std::string& title) {
  return fmt::format("<figure class=\"chart\" id=\"{}\">\n<figcaption>{}</figcaption>\n", escaped(id), escaped(title));
}

std::string closing(const std::string& note) {
  return (note.empty() ? std::string() : "<p class=\"note\">" + escaped(note) + "</p>\n") + "</figure>\n";
}

std::string without_values(const std::string& id, const std::string& title, const std::string& note) {
  const std::string said = note.empty() ? "<p class=\"note\">No data.</p>\n" : std::string();
  return opening(id, title) + said + closing(note);
}

std::string legend(const TimeChart& chart) {
  std::string out = "<ul class=\"legend\">\n";
  for (const ChartLine& line : chart.lines)
    append(out,
           "<li><svg viewBox=\"0 0 26 10\" aria-hidden=\"true\"><path class=\"k{}\" d=\"M0 5H26\"/></svg>{}</li>\n",
           line.ink, escaped(line.name));
  for (const ChartBand& band : chart.bands)
    if (!band.stretches.empty()) append(out, "<li><i class=\"band{}\"></i>{}</li>\n", band.ink, escaped(band.name));
  return out + "</ul>\n";
}

std::string y_axis(const Axis& axis) {
  std::string out = "<div class=\"y-axis\" aria-hidden=\"true\">";
  for (const double tick : axis.ticks())
    append(out, "<span style=\"bottom:{:.2f}%\">{}</span>", axis.percent(tick), short_number(tick));
  return out + "</div>\n";
}

std::string x_axis(const Axis& axis, double unit, std::string_view title) {
  std::string out = "<div class=\"x-axis\" aria-hidden=\"true\">";
  for (const double tick : axis.ticks()) {
    const std::string label = short_number(tick / unit);
    // Centred below its tick, but never beyond the end of the axis: a narrow page would be wider than its window.
    append(out, "<span style=\"left:min({:.2f}%,100% - {:.1f}ch)\">{}</span>", axis.percent(tick),
           static_cast<double>(label.size()) / 2, label);
  }
  append(out, "</div>\n<div class=\"x-title\">{}</div>\n", escaped(title));
  return out;
}

std::string grid(const Axis& y) {
  std::string out;
  for (const double tick : y.ticks()) {
    const double at = 1'000 - units_per_percent * y.percent(tick);
    append(out, "<line class=\"grid\" x1=\"0\" x2=\"1000\" y1=\"{0:.1f}\" y2=\"{0:.1f}\"/>", at);
  }
  return out + "\n";
}

/// The line of values with neighbours, and a dot for each value without one.
class Drawing {
 public:
  Drawing(const ChartLine& line, const Axis& x, const Axis& y) {
    const auto has_value = [&](std::size_t i) { return i < line.points.size() && line.points[i].y; };
    for (std::size_t i = 0; i < line.points.size(); ++i) {
      if (!has_value(i)) continue;
      const bool goes_on = i > 0 && has_value(i - 1);
      const std::string place = fmt::format("{:.1f} {:.1f}", units_per_percent * x.percent(line.points[i].x),
                                            1'000 - units_per_percent * y.percent(*line.points[i].y));
      if (!goes_on && !has_value(i + 1)) {
        append(dots_, "M{}h0", place);  // a line without length has round ends
      } else {
        append(path_, "{}{}", goes_on ? "L" : "M", place);
      }
    }
  }

  std::string svg(unsigned ink) const {
    std::string out;
    if (!path_.empty()) append(out, "<path class=\"k{}\" d=\"{}\"/>\n", ink, path_);
    if (!dots_.empty()) append(out, "<path class=\"k{} dot\" d=\"{}\"/>\n", ink, dots_);
    return out;
  }

 private:
  std::string path_;
  std::string dots_;
};

std::string bands_of(const TimeChart& chart, const Axis& x) {
  std::string out;
  for (const ChartBand& band : chart.bands)
    for (const auto& [from, to] : band.stretches)
      append(out, "<div class=\"band band{}\" style=\"left:{:.2f}%;width:{:.2f}%\" title=\"{}\"></div>\n", band.ink,
             x.percent(from), std::max(0.0, x.percent(to) - x.percent(from)), escaped(band.name));
  return out;
}

std::string marks_of(const std::vector<ChartMark>& marks, const Axis& x) {
  std::string out;
  for (const ChartMark& mark : marks) {
    const double at = x.percent(mark.x);
    append(out, "<div class=\"mark{}\" style=\"left:{:.2f}%\"><span>{}</span></div>\n", at > 90 ? " at-end" : "", at,
           escaped(mark.text));
  }
  return out;
}

class Range {
 public:
  explicit Range(const std::vector<ChartLine>& lines) {
    for (const ChartLine& line : lines)
      for (const ChartLine::Point& point : line.points)
        if (point.y) take(*point.y);
  }
  void take(double value) {
    least = values == 0 ? value : std::min(least, value);
    most = values == 0 ? value : std::max(most, value);
    ++values;
  }

  double least = 0;
  double most = 0;
  std::size_t values = 0;
};

}  // namespace

std::string render(const TimeChart& chart) {
  const Range range(chart.lines);
  if (range.values == 0) return without_values(chart.id, chart.title, chart.note);
  const Axis x = Axis::of_time(chart.x_max);
  const Axis y = Axis::of_values(chart.scale, range.least, range.most);
  const TimeUnit unit(chart.x_max);
  std::string out = opening(chart.id, chart.title) + legend(chart);
  append(out, "<div class=\"frame\"><div class=\"y-title\">{}</div>\n", escaped(chart.y_title));
  out += y_axis(y) + "<div class=\"plot\">" + bands_of(chart, x);
  append(out, "<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
         escaped(chart.title + ", " + chart.y_title));
  out += grid(y);
  for (const ChartLine& line : chart.lines) out += Drawing(line, x, y).svg(line.ink);
  out += "</svg>\n" + marks_of(chart.marks, x) + "</div>\n";
  out += x_axis(x, unit.seconds, fmt::format("{} since the start", unit.name));
  return out + "</div>\n" + closing(chart.note);
}

std::string render(const HistogramChart& chart) {
  if (chart.bars.empty()) return without_values(chart.id, chart.title, chart.note);
  std::uint64_t most = 0;
  for (const auto& bar : chart.bars) most = std::max(most, bar.count);
  const Axis x = Axis::logarithmic(chart.bars.front().from, chart.bars.back().to);
  const Axis y = Axis::of_values(Scale::linear, 0, static_cast<double>(most));
  std::string out = opening(chart.id, chart.title);
  append(out, "<div class=\"frame\"><div class=\"y-title\">{}</div>\n", escaped(chart.y_title));
  out += y_axis(y) + "<div class=\"plot\">";
  append(out, "<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
         escaped(chart.title));
  out += grid(y);
  for (const auto& bar : chart.bars) {
    const double left = units_per_percent * x.percent(bar.from);
    const double width = units_per_percent * x.percent(bar.to) - left;
    const double height = units_per_percent * y.percent(static_cast<double>(bar.count));
    append(out, "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"><title>{}</title></rect>\n", left,
           1'000 - height, std::max(0.5, width - 1), height,
           escaped(fmt::format("{} to {} ms: {}", short_number(bar.from), short_number(bar.to), bar.count)));
  }
  out += "</svg>\n" + marks_of(chart.marks, x) + "</div>\n" + x_axis(x, 1, chart.x_title);
  return out + "</div>\n" + closing(chart.note);
}

std::string render(const ShareChart& chart) {
  if (chart.bars.empty() || chart.whole == 0) return without_values(chart.id, chart.title, chart.note);
  std::string out = opening(chart.id, chart.title) + "<div class=\"shares\">\n";
  for (const auto& bar : chart.bars) {
    const double share = 100 * static_cast<double>(bar.count) / static_cast<double>(chart.whole);
    append(out,
           "<div class=\"name\">{}</div><div class=\"rail\"><div class=\"f{}\" style=\"width:{:.3f}%\"></div></div>"
           "<div class=\"count\">{} ({:.1f} %)</div>\n",
           escaped(bar.name), bar.ink, std::min(share, 100.0), show_count(bar.count), share);
  }
  return out + "</div>\n" + closing(chart.note);
}

}  // namespace amend::report
