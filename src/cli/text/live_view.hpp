// The content of a run's page during the run and at its end. Layer 5; one thread.
#pragma once

#include <cstdint>
#include <string>

#include "amend/config.hpp"
#include "amend/report/live_picture.hpp"
#include "amend/run.hpp"
#include "amend/run/summary.hpp"
#include "cli/command/closing.hpp"
#include "cli/monitor/dashboard_page.hpp"
#include "cli/text/progress.hpp"

namespace amend::cli {

/// `picture` of the last look, with the ending of the run. The example rows of its errors show only words that repeat
/// no value: see set_example.
report::RunPicture ended_picture(report::RunPicture picture, const Summary& summary,
                                 const RunOrigin& origin = RunOrigin());

/// Whether another process began the run, by the head of its directory. false when that cannot be read.
bool is_of_resumed_run(const RunState& state);

class LiveView {
 public:
  /// `run` must outlive it.
  LiveView(const Run& run, const Config& config) : run_(run), config_(config), looks_(config) {}

  /// Records the state of the run. Call it several times per second, beginning when the run directory exists.
  void look();

  /// The content at the last look.
  PageContent content() const;
  PageContent content_at_end(const Summary& summary) const;
  /// The content for a run that ended without a Summary.
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
