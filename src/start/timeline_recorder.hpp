// Writes timeline.ndjson while a run is running: samples, and the notices of the run. Layer 4.
//
// *Threads.* A thread of its own, which uses only Run::state and Run::notices: no stage knows of it. *Errors.* One
// report, then the recording ends, not the run. *Bounds.* One sample. The file is not durable. *Lifetime.* The run
// outlives it. *Source.* The run.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "amend/run_state.hpp"

namespace amend {

class TimelineRecorder {
 public:
  using State = std::function<RunState()>;
  /// Returns the notices, beginning with the given number.
  using Notices = std::function<std::vector<std::string>(std::size_t)>;
  using Say = std::function<void(const std::string&)>;

  TimelineRecorder(std::string path, State state, Notices notices, Say say);
  TimelineRecorder(const TimelineRecorder&) = delete;
  TimelineRecorder& operator=(const TimelineRecorder&) = delete;
  ~TimelineRecorder();

  /// The body of a thread. It returns when the run is `over`, or when no more can be written.
  void run(const std::stop_token& over);

 private:
  bool open();
  bool write(const std::string& text);
  bool record();
  bool fail(int error_number);
  bool fail(const std::string& why);

  std::string path_;
  State state_;
  Notices notices_;
  Say say_;
  int descriptor_ = -1;
  std::size_t notices_written_ = 0;
  std::chrono::milliseconds elapsed_{0};
};

}  // namespace amend
