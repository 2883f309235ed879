// What the page of a run shows while it goes on, and what it shows last. Layer 5; one thread.
#pragma once

#include <string>

#include "amend/config.hpp"
#include "amend/pipeline.hpp"
#include "amend/report/live_picture.hpp"
#include "amend/reporter/summary.hpp"

namespace amend::cli {

/// `picture`, as it was at the last look, with how the run ended. Rows of its errors are examples of amend's own words
/// only: the API's may repeat what was sent.
report::RunPicture ended_picture(report::RunPicture picture, const Summary& summary);

class LiveView {
 public:
  /// `pipeline` must outlive it.
  LiveView(const Pipeline& pipeline, const Config& config) : pipeline_(pipeline), looks_(config) {}

  /// Takes note of how the run stands; to be called each second, first when its run directory is there.
  void look();

  /// HTML, as of the last look.
  std::string html() const;

  /// The same with how the run ended.
  std::string html(const Summary& summary) const;

 private:
  const Pipeline& pipeline_;
  report::LivePicture looks_;
  std::size_t notices_seen_ = 0;
};

}  // namespace amend::cli
