#include "row/utc_time.hpp"

#include <array>
#include <ctime>

namespace amend {

void append_utc(std::string& out, std::chrono::system_clock::time_point at, const char* format) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const std::time_t moment = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  ::gmtime_r(&moment, &parts);
  std::array<char, 64> text;
  out.append(text.data(), std::strftime(text.data(), text.size(), format, &parts));
}

std::string utc_text(std::chrono::system_clock::time_point at, const char* format) {
  std::string out;
  append_utc(out, at, format);
  return out;
}

}  // namespace amend
