#include "reporter/retry_files.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

#include "reporter/retry_file_rows.hpp"
#include "run/append_file.hpp"

namespace amend {
namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;

std::string file_name(std::string_view stem, Format format) {
  return std::string(stem) + (format == Format::ndjson ? ".ndjson" : ".csv");
}

// One of the three files of the sink. Its first row creates it.
class StatusFile {
 public:
  StatusFile(std::string_view stem, RetryFileKind kind, const InputLayout& layout,
             const std::vector<std::string>& edited)
      : name_(file_name(stem, layout.format)),
        rows_(layout, kind),
        is_edited_(std::ranges::find(edited, name_) != edited.end()) {}

  void add(const Outcome& outcome) {
    if (is_edited_) return;
    if (!started_) rows_.append_header(buffer_);
    started_ = true;
    rows_.append_row(buffer_, outcome.row->position.line, outcome.row.raw(), outcome.reason.get());
  }

  void write(const RunDirectory& run) {
    if (buffer_.empty()) return;
    if (!file_) file_.emplace(run, name_);
    file_->write(buffer_);
    buffer_.clear();
  }

  void flush() {
    if (file_) file_->flush();
  }

  void close() {
    if (file_) file_->close();
  }

 private:
  std::string name_;
  RetryFileRows rows_;
  bool is_edited_;
  bool started_ = false;
  std::string buffer_;
  std::optional<AppendFile> file_;
};

class RetryFiles final : public Sink {
 public:
  RetryFiles(const RunDirectory& run, const InputLayout& layout, const std::vector<std::string>& edited)
      : run_(run),
        failed_("failed", RetryFileKind::sent, layout, edited),
        rejected_("rejected", RetryFileKind::rejected, layout, edited),
        unknown_("unknown", RetryFileKind::sent, layout, edited) {}

  void write(std::span<const Outcome> outcomes) override {
    for (const Outcome& outcome : outcomes) {
      if (StatusFile* file = file_of(outcome.status)) file->add(outcome);
    }
    for (StatusFile* file : files_) file->write(run_);
  }

  void flush() override {
    for (StatusFile* file : files_) file->flush();
  }

  void close() override {
    for (StatusFile* file : files_) file->close();
  }

 private:
  StatusFile* file_of(Status status) noexcept {
    switch (status) {
      case Status::success:
      case Status::superseded:
      case Status::unchanged: return nullptr;
      case Status::failed: return &failed_;
      case Status::rejected: return &rejected_;
      case Status::unknown: return &unknown_;
    }
    return nullptr;
  }

  const RunDirectory& run_;
  StatusFile failed_;
  StatusFile rejected_;
  StatusFile unknown_;
  std::array<StatusFile*, 3> files_{&failed_, &rejected_, &unknown_};
};

}  // namespace

std::unique_ptr<Sink> open_retry_files(const RunDirectory& run, InputLayout layout, std::vector<std::string> edited) {
  return std::make_unique<RetryFiles>(run, layout, edited);
}

class UnsentWriter::State {
 public:
  State(const RunDirectory& run, const InputLayout& layout)
      : run_(run), name_(file_name("unsent", layout.format)), rows_(layout, RetryFileKind::unsent) {}

  // Not closed: an operator would take half a file for all unsent rows.
  ~State() {
    if (file_) ::unlink(run_.path(temporary()).c_str());
  }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void add(const Position& position, std::string_view raw, const Reason* fault) {
    if (count_ == 0) rows_.append_header(buffer_);
    ++count_;
    rows_.append_row(buffer_, position.line, raw, fault);
    if (buffer_.size() >= buffer_bytes) spill();
  }

  void close() {
    if (count_ == 0) return;
    spill();
    file_->close();
    run_.rename(temporary(), name_);
    file_.reset();
  }

  std::uint64_t count() const noexcept { return count_; }

 private:
  std::string temporary() const { return name_ + ".tmp"; }

  void spill() {
    if (!file_) {
      // A run that was killed here left a part of it.
      ::unlink(run_.path(temporary()).c_str());
      file_.emplace(run_, temporary());
    }
    file_->write(buffer_);
    buffer_.clear();
  }

  const RunDirectory& run_;
  std::string name_;
  RetryFileRows rows_;
  std::string buffer_;
  std::optional<AppendFile> file_;
  std::uint64_t count_ = 0;
};

UnsentWriter::UnsentWriter(const RunDirectory& run, InputLayout layout)
    : state_(std::make_unique<State>(run, layout)) {}
UnsentWriter::~UnsentWriter() = default;
void UnsentWriter::add(const Position& position, std::string_view raw, const Reason* fault) {
  state_->add(position, raw, fault);
}
std::uint64_t UnsentWriter::count() const noexcept { return state_->count(); }
void UnsentWriter::close() { state_->close(); }

}  // namespace amend
