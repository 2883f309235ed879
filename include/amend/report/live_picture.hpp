// The picture of a running run, made of its state and notices, which the caller takes some times per second. It is the
// picture that picture_of makes later, without what only the log has: error codes and slow rows. Layer 1: pure.
//
// Threads: one. Errors: none. Bounds: 5 MiB, however long the run takes.
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

  /// This process resumed the run: requests and latencies are labelled as those since the resume.
  void set_resumed();

  /// Adds a sample. `new_notices`: those since the last sample. The counters of `state` must not fall.
  void add(const RunState& state, std::chrono::system_clock::time_point at,
           const std::vector<std::string>& new_notices = {});

  /// As of the last sample. Its status is running.
  RunPicture picture() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace amend::report
