#include "admission/connection_trouble.hpp"

#include <algorithm>

namespace amend {
namespace {

std::string in_words(std::chrono::milliseconds time) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(time).count();
  if (seconds >= 3600 && seconds % 3600 == 0) return std::to_string(seconds / 3600) + " h";
  if (seconds >= 60 && seconds % 60 == 0) return std::to_string(seconds / 60) + " min";
  return std::to_string(seconds) + " s";
}

std::string which_time(const ConnectionTrouble::View& trouble) {
  return trouble.times > 1 ? " (connection problem " + std::to_string(trouble.times) + " of this run)" : std::string();
}

}  // namespace

ConnectionTrouble::Change ConnectionTrouble::failed(const ConnectFailure& failure, time_point now) {
  const std::lock_guard lock(mutex_);
  since_ = failures_ == 0 ? failure.tried_since : std::min(since_, failure.tried_since);
  ++failures_;
  view_.error = failure.error;
  view_.text = failure.text;
  view_.patience = failure.patience;
  if (view_.present || (failures_ < failures_to_begin && now - since_ < failing_for)) return Change::none;
  view_.present = true;
  ++view_.times;
  return Change::began;
}

ConnectionTrouble::Change ConnectionTrouble::reached(time_point now) {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  if (!view_.present) return Change::none;
  view_.present = false;
  view_.lasted = now - since_;
  view_.total += view_.lasted;
  return Change::ended;
}

ConnectionTrouble::View ConnectionTrouble::view(time_point now) const {
  const std::lock_guard lock(mutex_);
  View view = view_;
  if (!view.present) return view;
  view.lasted = now - since_;
  view.total += view.lasted;
  return view;
}

std::string begin_notice(const ConnectionTrouble::View& trouble) {
  return "cannot connect to " + trouble.text + which_time(trouble) + "; rows wait, amend retries for up to " +
         in_words(trouble.patience);
}

std::string end_notice(const ConnectionTrouble::View& trouble) {
  const auto whole = std::chrono::ceil<std::chrono::seconds>(trouble.lasted);
  return "connected again after " + in_words(whole) + which_time(trouble) + "; the cause was: " + trouble.text;
}

}  // namespace amend
