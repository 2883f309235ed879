#include "cli/text/message_writer.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <utility>

#include "cli/text/report_line.hpp"
#include "queue/start_thread.hpp"

namespace amend::cli {
namespace {

// Waits for a descriptor that another process has made non-blocking.
void write_or_wait(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written > 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (written < 0 && errno == EAGAIN) {
      pollfd ready{descriptor, POLLOUT, 0};
      ::poll(&ready, 1, -1);
    } else if (written == 0 || errno != EINTR) {
      return;
    }
  }
}

}  // namespace

// The state that both threads share. The writing thread may outlive all other objects.
class MessageWriter::Shared {
 public:
  Shared(int descriptor, std::size_t bytes_max) : descriptor_(descriptor), bytes_max_(bytes_max) {}

  void add(std::string_view text) {
    const std::lock_guard lock(mutex_);
    // After a dropped message, no later one may overtake its notice.
    if (dropped_ > 0 || waiting_.size() + text.size() > bytes_max_) {
      ++dropped_;
      return;
    }
    waiting_ += text;
    wake_.notify_one();
  }

  void add_if_idle(std::string_view text) {
    const std::lock_guard lock(mutex_);
    if (!idle()) return;
    waiting_ += text;
    wake_.notify_one();
  }

  bool drain(std::chrono::milliseconds limit) {
    std::unique_lock lock(mutex_);
    return written_.wait_for(lock, limit, [this] { return idle(); });
  }

  void close() {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    wake_.notify_one();
  }

  void write_until_closed() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return closed_ || !idle(); });
      if (idle()) return;
      const std::string batch = take();
      writing_ = true;
      lock.unlock();
      write_or_wait(descriptor_, batch);
      lock.lock();
      writing_ = false;
      if (idle()) written_.notify_all();
    }
  }

 private:
  bool idle() const noexcept { return waiting_.empty() && dropped_ == 0 && !writing_; }

  std::string take() {
    std::string batch = std::exchange(waiting_, std::string());
    if (dropped_ > 0)
      batch += fmt::format("({} not shown here: the terminal or pipe was too slow)\n", plural(dropped_, "message"));
    dropped_ = 0;
    return batch;
  }

  const int descriptor_;
  const std::size_t bytes_max_;
  std::mutex mutex_;  // guards the members below
  std::condition_variable wake_;
  std::condition_variable written_;
  std::string waiting_;
  std::uint64_t dropped_ = 0;
  bool writing_ = false;
  bool closed_ = false;
};

MessageWriter::MessageWriter(int descriptor, std::size_t bytes_max)
    : shared_(std::make_shared<Shared>(descriptor, bytes_max)) {
  start_thread([shared = shared_] { shared->write_until_closed(); }).detach();
}

MessageWriter::~MessageWriter() { shared_->close(); }

void MessageWriter::write(std::string_view text) { shared_->add(text); }
void MessageWriter::write_if_idle(std::string_view text) { shared_->add_if_idle(text); }
bool MessageWriter::drain(std::chrono::milliseconds limit) { return shared_->drain(limit); }

}  // namespace amend::cli
