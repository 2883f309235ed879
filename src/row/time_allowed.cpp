#include <algorithm>
#include <ctime>

#include "amend/config.hpp"

namespace amend {

std::chrono::milliseconds time_allowed(const DeadlineConfig& deadline, std::chrono::system_clock::time_point now) {
  if (!deadline.run_until && deadline.run.count() == 0) return deadline.run;
  if (!deadline.run_until) return std::max(deadline.run - deadline.run_spent, std::chrono::milliseconds(1));
  const std::time_t start = std::chrono::system_clock::to_time_t(now);
  std::tm local{};
  ::localtime_r(&start, &local);
  const int minute_now = local.tm_hour * 60 + local.tm_min;
  local.tm_mday += minute_now >= *deadline.run_until ? 1 : 0;
  local.tm_hour = *deadline.run_until / 60;
  local.tm_min = *deadline.run_until % 60;
  local.tm_sec = 0;
  local.tm_isdst = -1;  // the clocks may change until then
  return std::chrono::ceil<std::chrono::milliseconds>(std::chrono::system_clock::from_time_t(std::mktime(&local)) -
                                                      now);
}

}  // namespace amend
