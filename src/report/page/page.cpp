#include "amend/report/page.hpp"

#include <algorithm>

#include "report/page/page_parts.hpp"
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

std::string ms_text(double ms) {
  if (ms < 100) return fmt::format("{:.1f} ms", ms);
  if (ms < 1'000) return fmt::format("{:.0f} ms", ms);
  return show_duration(std::chrono::milliseconds(static_cast<std::int64_t>(ms)));
}

std::string time_text(std::chrono::system_clock::time_point at) { return utc_text(at, "%Y-%m-%d %H:%M:%S UTC"); }

std::string render_main(const RunPicture& picture) {
  return head_section(picture) + rows_section(picture) + comparison_section(picture) + errors_section(picture) +
         time_section(picture) + latency_section(picture) + push_back_section(picture) + slowest_section(picture) +
         background_section(picture);
}

std::string render_page(const RunPicture& picture) {
  return document("amend: " + picture.directory, render_main(picture));
}

}  // namespace amend::report
