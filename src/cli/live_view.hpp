// What the page of a run shows while it goes on, and what it shows last. Layer 5; one thread.
#pragma once

#include <cstdint>
#include <string>

#include "amend/config.hpp"
#include "amend/report/live_picture.hpp"
#include "amend/reporter/summary.hpp"
#include "amend/run.hpp"
#include "cli/closing.hpp"
#include "cli/dashboard_page.hpp"
#include "cli/progress.hpp"

namespace amend::cli {

/// `picture`, as it was at the last look, with how the run ended. Of the rows that are examples of its errors only
/// words are shown that repeat no value: see set_example.
report::RunPicture ended_picture(report::RunPicture picture, const Summary& summary,
                                 const RunOrigin& origin = RunOrigin());

/// Whether another process has begun the run: the head of its directory tells when. false when that cannot be read.
bool is_of_resumed_run(const RunState& state);

class LiveView {
 public:
  /// `run` must outlive it.
  LiveView(const Run& run, const Config& config) : run_(run), config_(config), looks_(config) {}

  /// Takes note of how the run stands; to be called some times a second, first when its run directory is there.
  void look();

  /// As of the last look.
  PageContent content() const;
  PageContent content_at_end(const Summary& summary) const;
  /// The run ended without a Summary.
  PageContent content_when_broken() const;

 private:
  const Run& run_;
  const Config config_;
  RateMeter meter_;
  std::string said_;
  report::LivePicture looks_;
  std::size_t notices_seen_ = 0;
  bool looked_ = false;
};

}  // namespace amend::cli
