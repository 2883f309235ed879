#include "cli/text/console.hpp"

#include <fmt/format.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "amend/exposition.hpp"
#include "cli/monitor/control_socket.hpp"
#include "cli/monitor/dashboard.hpp"
#include "cli/monitor/metrics_endpoint.hpp"
#include "cli/monitor/metrics_file.hpp"
#include "cli/text/live_view.hpp"
#include "queue/start_thread.hpp"

namespace amend::cli {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr milliseconds look_for_run{10};
constexpr milliseconds file_period{5'000};
constexpr milliseconds look_period{250};
constexpr int looks_per_update = 4;

}  // namespace

class ConsoleOutputs::Impl {
 public:
  explicit Impl(const Options& options) {
    if (!options.metrics_file.empty()) file.emplace(options.metrics_file);
    if (options.metrics_listen) endpoint.emplace(context, *options.metrics_listen, [this] { return metrics(); });
    if (options.dashboard) dashboard.emplace(context, *options.dashboard, [this] { return page(); });
  }

  asio::io_context context{1};
  std::optional<MetricsFile> file;
  std::optional<MetricsEndpoint> endpoint;
  std::optional<Dashboard> dashboard;
  std::function<std::string()> metrics;  // of the run, when it exists
  std::function<PageContent()> page;     // the same
};

class Console::Impl {
 public:
  Impl(Run& run, const Options& options, ConsoleOutputs::Impl& outputs, Say say)
      : run_(run),
        say_(std::move(say)),
        quiet_(options.quiet),
        context_(outputs.context),
        control_(context_, run,
                 [this](auto& done) {
                   if (!quiet_) say_("control: " + done);
                 }),
        file_(outputs.file),
        endpoint_(outputs.endpoint),
        dashboard_(outputs.dashboard) {
    outputs.metrics = [this] { return to_prometheus(run_.state()); };
    outputs.page = [this] { return view_->content(); };
    if (endpoint_ && !quiet_) say_("metrics at " + endpoint_->url());
    if (dashboard_) view_.emplace(run, options.config);
    // Quiet or not: nobody could guess it.
    if (dashboard_) say_("dashboard at " + dashboard_->url());
    wait_for_run();
    thread_ = start_thread([this] { serve(); });
  }

  ~Impl() {
    asio::post(context_, [this] { end(); });
    thread_.join();
  }

  void set_summary(const Summary& summary) {
    asio::post(context_, [this, summary] { summary_ = summary; });
  }

 private:
  void serve() noexcept {
    // A handler that throws must not end the run; those behind it, end() among them, still get their turn.
    while (!context_.stopped()) {
      try {
        context_.run();
      } catch (const std::exception& error) {
        say_once(fmt::format("error in control, metrics or dashboard: {}; the run continues", error.what()));
      }
    }
  }

  // Before the run has begun, state() has no information, and the directory's lock is not free.
  void wait_for_run() {
    timer_.expires_after(look_for_run);
    timer_.async_wait([this](error_code error) {
      if (error || ended_) return;
      if (run_.state().run_directory.empty()) return wait_for_run();
      begin();
    });
  }

  void begin() {
    open_control();
    if (endpoint_) endpoint_->start();
    start_dashboard();
    write_file_regularly();
  }

  void open_control() {
    try {
      control_.open(run_.state().run_directory);
    } catch (const std::system_error& error) {
      say_(fmt::format("no control socket in {}: {}; the run continues, but `amend control` cannot reach it",
                       printable(run_.state().run_directory), error.code().message()));
    }
  }

  void write_file_regularly() {
    if (!file_) return;
    write_file();
    timer_.expires_after(file_period);
    timer_.async_wait([this](error_code error) {
      if (!error && !ended_) write_file_regularly();
    });
  }

  void write_file() {
    const std::error_code error = file_->replace(to_prometheus(run_.state()));
    if (error)
      say_once(fmt::format("cannot write --metrics-file {}: {}; the run continues", printable(file_->path()),
                           error.message()));
  }

  void start_dashboard() {
    if (!dashboard_) return;
    view_->look();
    dashboard_->start();
    look_regularly();
  }

  void look_regularly() {
    dashboard_timer_.expires_after(look_period);
    dashboard_timer_.async_wait([this](error_code error) {
      if (error || ended_) return;
      look_regularly();
      view_->look();
      if (++looks_ % looks_per_update == 0) dashboard_->update();
    });
  }

  void end_dashboard() {
    if (!dashboard_) return;
    dashboard_->end([this] {
      view_->look();
      return summary_ ? view_->content_at_end(*summary_) : view_->content_when_broken();
    });
  }

  void say_once(const std::string& trouble) {
    if (!std::exchange(in_trouble_, true)) say_(trouble);
  }

  void end() {
    // Posted one by one: an exception must not keep the other handlers from running, or pages would delay the end.
    asio::post(context_, [this] { end_dashboard(); });
    asio::post(context_, [this] { write_last_metrics(); });
    work_.reset();
    ended_ = true;  // a timer that has already expired can no longer be cancelled
    timer_.cancel();
    dashboard_timer_.cancel();
    if (endpoint_) endpoint_->close();
    control_.close();
  }

  // A short run may be over before its beginning was noticed.
  void write_last_metrics() {
    if (file_ && !run_.state().run_directory.empty()) write_file();
  }

  Run& run_;
  const Say say_;
  const bool quiet_;
  asio::io_context& context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{context_.get_executor()};
  asio::steady_timer timer_{context_};
  asio::steady_timer dashboard_timer_{context_};
  ControlSocket control_;
  const std::optional<MetricsFile>& file_;
  std::optional<MetricsEndpoint>& endpoint_;
  std::optional<Dashboard>& dashboard_;
  std::optional<LiveView> view_;
  std::optional<Summary> summary_;
  int looks_ = 0;
  bool ended_ = false;
  bool in_trouble_ = false;
  std::jthread thread_;
};

ConsoleOutputs::ConsoleOutputs(const Options& options) : impl_(std::make_unique<Impl>(options)) {}
ConsoleOutputs::~ConsoleOutputs() = default;

Console::Console(Run& run, const Options& options, ConsoleOutputs& outputs, Say say)
    : impl_(std::make_unique<Impl>(run, options, *outputs.impl_, std::move(say))) {}
Console::~Console() = default;
void Console::end(const Summary& summary) { impl_->set_summary(summary); }

}  // namespace amend::cli
