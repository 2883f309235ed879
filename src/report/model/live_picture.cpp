#include "amend/report/live_picture.hpp"

#include <algorithm>

#include "amend/report/reading.hpp"
#include "report/charts/load_series.hpp"
#include "report/charts/outcome_series.hpp"

namespace amend::report {
namespace {

constexpr std::size_t notices_max = 100;

std::uint64_t not_well(const RunState& state) { return state.rows(Status::failed) + state.rows(Status::unknown); }

}  // namespace

class LivePicture::Impl {
 public:
  explicit Impl(const Config& config) {
    picture_.task = config.task;
    picture_.applies = config.sends();
    picture_.version = config.version;
    picture_.url = config.target.url;
    picture_.status = RunStatus::running;
    picture_.latency_bars_of = service_of(picture_);
    picture_.settings = settings_in(run_json(config, InputIdentity(), std::chrono::system_clock::time_point()));
    load_.begin();
  }

  void set_resumed() {
    picture_.requests_of = since_resumed;
    picture_.latency_bars_of = service_of(picture_);
  }

  void add(const RunState& state, std::chrono::system_clock::time_point at, const std::vector<std::string>& notices) {
    const RunTime now = std::chrono::floor<RunTime>(state.elapsed);
    if (looked_ && now > elapsed_) take_outcomes(state, now);
    for (const std::string& notice : notices) {
      if (picture_.notices.size() >= notices_max) break;
      Notice& said = picture_.notices.emplace_back();
      said.at_s = static_cast<double>(now.count()) / 1e3;
      said.text = notice;
    }
    if (!looked_ || now > elapsed_) {
      load_.add(TimelineSample(state, at));
      last_ = state;
      elapsed_ = now;
    }
    shown_ = state;
    looked_at_ = at;
    looked_ = true;
  }

  RunPicture picture() const {
    RunPicture picture = picture_;
    picture.directory = shown_.run_directory;
    picture.input = shown_.input;
    picture.input_bytes = shown_.bytes_total;
    picture.started_at = shown_.started_at;
    picture.ended_at = looked_at_;
    picture.elapsed = std::chrono::floor<std::chrono::milliseconds>(shown_.elapsed);
    picture.rows_by_status = shown_.rows_by_status;
    picture.progress = progress();
    picture.requests = {{"attempts", shown_.attempts},
                        {"retries", shown_.retries},
                        {"requeues", shown_.requeues},
                        {"throttled", shown_.throttled},
                        {"connections", shown_.connections_opened},
                        {"handshakes_failed", shown_.handshakes_failed}};
    picture.outcomes = outcomes_.points();
    picture.load = load_.history();
    if (shown_.service.count() > 0)
      picture.latencies.emplace_back("service", service_of(picture_), Latency(shown_.service));
    picture.latency_bars = latency_bars(shown_.service);
    return picture;
  }

 private:
  void take_outcomes(const RunState& state, RunTime now) {
    outcomes_.add(now, now - elapsed_, growth(state.rows(Status::success), last_.rows(Status::success)),
                  growth(not_well(state), not_well(last_)), state.service.since(last_.service));
  }

  std::optional<double> progress() const {
    if (shown_.rows_limit > 0)
      return std::min(1.0, static_cast<double>(shown_.rows_ended()) / static_cast<double>(shown_.rows_limit));
    if (shown_.bytes_total == 0 || shown_.rows_read == 0) return std::nullopt;
    // Only a part of the rows that were read has ended.
    const double read = static_cast<double>(shown_.bytes_read) / static_cast<double>(shown_.bytes_total);
    return std::min(1.0, read * static_cast<double>(shown_.rows_ended()) / static_cast<double>(shown_.rows_read));
  }

  RunPicture picture_;
  LoadSeries load_;
  OutcomeSeries outcomes_;
  RunState last_;  // from which growth is counted
  RunState shown_;
  RunTime elapsed_{0};
  std::chrono::system_clock::time_point looked_at_{};
  bool looked_ = false;
};

LivePicture::LivePicture(const Config& config) : impl_(std::make_unique<Impl>(config)) {}
LivePicture::~LivePicture() = default;
void LivePicture::set_resumed() { impl_->set_resumed(); }
void LivePicture::add(const RunState& state, std::chrono::system_clock::time_point at,
                      const std::vector<std::string>& new_notices) {
  impl_->add(state, at, new_notices);
}
RunPicture LivePicture::picture() const { return impl_->picture(); }

}  // namespace amend::report
