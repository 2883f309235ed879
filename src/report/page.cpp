#include "amend/report/page.hpp"

#include <algorithm>

#include "report/page_parts.hpp"
#include "row/utc_time.hpp"

namespace amend::report {

namespace {

std::string with_whose(std::string_view of, const RunPicture& picture) {
  return std::string(of) + (picture.requests_of.empty() ? std::string() : ", " + picture.requests_of);
}

}  // namespace

std::string service_of(const RunPicture& picture) { return with_whose("all attempts with a response", picture); }
std::string queued_of(const RunPicture& picture) {
  return with_whose("from reading a row to its first attempt", picture);
}

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, 1, ',');
  return text;
}

std::string ms_text(double ms) {
  if (ms < 100) return fmt::format("{:.1f} ms", ms);
  if (ms < 1'000) return fmt::format("{:.0f} ms", ms);
  return duration_text(std::chrono::milliseconds(static_cast<std::int64_t>(ms)));
}

std::string time_text(std::chrono::system_clock::time_point at) { return utc_text(at, "%Y-%m-%d %H:%M:%S UTC"); }

std::string duration_text(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  const auto seconds = ms / 1'000;
  if (ms < 1'000) return fmt::format("{} ms", ms);
  if (seconds < 60) return fmt::format("{:.1f} s", static_cast<double>(ms) / 1e3);
  if (seconds < 3'600) return fmt::format("{} min {:02} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {:02} min", seconds / 3'600, seconds % 3'600 / 60);
}

std::string render_main(const RunPicture& picture) {
  return head_section(picture) + rows_section(picture) + comparison_section(picture) + errors_section(picture) +
         time_section(picture) + latency_section(picture) + push_back_section(picture) + slowest_section(picture) +
         background_section(picture);
}

std::string render_page(const RunPicture& picture) {
  return document("amend: " + picture.directory, render_main(picture));
}

}  // namespace amend::report
