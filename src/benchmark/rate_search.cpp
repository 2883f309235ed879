#include "benchmark/rate_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace amend {

void RateSearch::take(Trial trial) noexcept {
  if (!next_) return;
  const double tried = *next_;
  ++trials_;
  if (trial == Trial::broken) {
    broken_ = tried;
    // A rate that passed before and fails now has failed. Try again somewhat below it.
    if (std::exchange(confirming_, false)) return try_anew(tried / precision / precision);
  } else if (confirming_) {
    found_ = tried;
  } else {
    held_ = tried;
  }
  choose();
}

void RateSearch::try_anew(double rate) noexcept {
  held_.reset();
  next_.reset();
  if (trials_ < trials_max && rate >= rate_min) next_ = rate;
}

void RateSearch::choose() noexcept {
  next_.reset();
  if (found_ || trials_ >= trials_max) return;
  if (!broken_) {
    confirming_ = *held_ >= rate_max;
    next_ = std::min(*held_ * 2, rate_max);
  } else if (!held_) {
    if (*broken_ / 2 >= rate_min) next_ = *broken_ / 2;
  } else if (*broken_ / *held_ > precision) {
    next_ = std::sqrt(*broken_ * *held_);
  } else {
    confirming_ = true;
    next_ = *held_;
  }
}

}  // namespace amend
