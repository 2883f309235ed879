// The picture of a run that goes on, made of looks at it instead of its directory: what Run::state() and notices()
// say, some times a second. The same page as picture_of makes later, but for what only the log tells: error codes and
// slow rows, which the caller may add. Layer 1: pure; one thread. Memory: below 5 MiB, however long the run goes on.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "amend/config.hpp"
#include "amend/report/run_picture.hpp"
#include "amend/run_state.hpp"

namespace amend::report {

class LivePicture {
 public:
  explicit LivePicture(const Config& config);
  ~LivePicture();
  LivePicture(const LivePicture&) = delete;
  LivePicture& operator=(const LivePicture&) = delete;

  /// The process goes on with a run that another one has begun: requests and latencies are labelled as its own only.
  void set_resumed();

  /// A look at the run; `new_notices`: those it has said since the last one. Counters of `state` must not go back.
  void add(const RunState& state, std::chrono::system_clock::time_point at,
           const std::vector<std::string>& new_notices = {});

  /// As of the last look. RunStatus::running.
  RunPicture picture() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::report
