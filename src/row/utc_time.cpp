#include "row/utc_time.hpp"

#include <array>
#include <ctime>

namespace amend {

std::string utc_text(std::chrono::system_clock::time_point at, const char* format) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const std::time_t moment = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  ::gmtime_r(&moment, &parts);
  std::array<char, 64> text;
  return std::string(text.data(), std::strftime(text.data(), text.size(), format, &parts));
}

}  // namespace amend
