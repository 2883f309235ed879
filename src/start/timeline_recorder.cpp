#include "start/timeline_recorder.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>

#include "amend/error.hpp"
#include "report/model/timeline.hpp"

namespace amend {

TimelineRecorder::TimelineRecorder(std::string path, State state, Notices notices, Say say)
    : path_(std::move(path)), state_(std::move(state)), notices_(std::move(notices)), say_(std::move(say)) {}

TimelineRecorder::~TimelineRecorder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void TimelineRecorder::run(const std::stop_token& over) {
  if (!open()) return;
  std::mutex mutex;
  std::condition_variable_any asleep;
  std::unique_lock lock(mutex);
  while (!over.stop_requested()) {
    if (!record()) return;
    asleep.wait_for(lock, over, report::sample_interval(elapsed_), [] { return false; });
  }
  record();
}

// A process that was killed may have left half a line. A pipe without a reader would delay the end of the run.
bool TimelineRecorder::open() {
  descriptor_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
  if (descriptor_ < 0) return fail(errno);
  struct stat found {};
  if (::fstat(descriptor_, &found) != 0) return fail(errno);
  if (!S_ISREG(found.st_mode)) return fail("is not a regular file");
  const off_t bytes = ::lseek(descriptor_, 0, SEEK_END);
  char last = '\n';
  if (bytes > 0 && ::pread(descriptor_, &last, 1, bytes - 1) != 1) last = '\n';
  const std::string start = report::start_line(std::chrono::system_clock::now());
  return write(last == '\n' ? start : "\n" + start);
}

bool TimelineRecorder::record() {
  const auto now = std::chrono::system_clock::now();
  std::string text;
  for (const std::string& notice : notices_(notices_written_)) {
    text += report::notice_line(now, notice);
    ++notices_written_;
  }
  const report::TimelineSample sample(state_(), now);
  elapsed_ = sample.elapsed;
  return write(text + report::sample_line(sample));
}

// It does not try again: the last space of a full disk is needed for the log.
bool TimelineRecorder::write(const std::string& text) {
  const ssize_t written = ::write(descriptor_, text.data(), text.size());
  if (written == static_cast<ssize_t>(text.size())) return true;
  return fail(written < 0 ? errno : ENOSPC);
}

bool TimelineRecorder::fail(int error_number) {
  return fail("cannot be written: " + std::generic_category().message(error_number));
}

bool TimelineRecorder::fail(const std::string& why) {
  say_(printable(path_) + ": " + why + "; the run continues, but its report contains no timeline after this time");
  return false;
}

}  // namespace amend
