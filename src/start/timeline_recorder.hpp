// Writes timeline.ndjson while a run is running: samples, and the notices of the run. Layer 4; a thread of its own,
// which uses only Run::state and Run::notices: no stage knows of it.
//
// Best effort: nothing is made durable. An error is reported once and ends the recording, not the run.
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
  /// Notices from the number given on.
  using Notices = std::function<std::vector<std::string>(std::size_t)>;
  using Say = std::function<void(const std::string&)>;

  TimelineRecorder(std::string path, State state, Notices notices, Say say);
  TimelineRecorder(const TimelineRecorder&) = delete;
  TimelineRecorder& operator=(const TimelineRecorder&) = delete;
  ~TimelineRecorder();

  /// The body of a thread: returns once the run is `over`, or when nothing more can be written.
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
