#include "cli/text/live_view.hpp"

#include <chrono>
#include <sstream>
#include <utility>
#include <vector>

#include "amend/error.hpp"
#include "amend/report/page.hpp"
#include "amend/run/run_directory.hpp"
#include "cli/command/closing.hpp"
#include "cli/monitor/run_snapshot.hpp"
#include "report/page/error_example.hpp"
#include "report/summary_in_picture.hpp"
#include "row/utc_time.hpp"

namespace amend::cli {
namespace {

report::ErrorGroup group_of(const ErrorCount& error) {
  report::ErrorGroup group;
  group.code = error.code;
  group.rows = error.count;
  group.row = error.row;
  group.line = error.line;
  report::set_example(group, error.id, error.text, report::Values::hidden);
  if (const OwnCode* own = find_own_code(error.code)) {
    group.meaning = own->meaning;
    group.remedy = own->remedy;
  }
  return group;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

report::RunPicture ended_picture(report::RunPicture picture, const Summary& summary, const RunOrigin& origin) {
  picture.status = summary.is_whole() ? RunStatus::finished : RunStatus::stopped;
  picture.elapsed = std::chrono::floor<std::chrono::milliseconds>(summary.elapsed);
  picture.progress.reset();
  picture.rows_by_status = summary.rows_by_status;
  picture.latencies.clear();
  report::take(picture, summary);
  for (const ErrorCount& error : summary.errors) {
    picture.errors.push_back(group_of(error));
    picture.rows_with_error += error.count;
  }
  picture.error_codes = picture.errors.size();
  picture.next = lines_of(next_commands(summary, origin));
  return picture;
}

bool is_of_resumed_run(const RunState& state) {
  try {
    // To the second, as it is written there.
    const auto began = parse_utc(read_run(state.run_directory).started_at);
    return began && *began != std::chrono::floor<std::chrono::seconds>(state.started_at);
  } catch (const ConfigError&) {
    return false;  // the page does not need it
  }
}

void LiveView::look() {
  const std::vector<std::string> notices = run_.notices(notices_seen_);
  notices_seen_ += notices.size();
  const RunState state = run_.state();
  if (!looked_ && is_of_resumed_run(state)) looks_.set_resumed();
  looked_ = true;
  looks_.add(state, std::chrono::system_clock::now(), notices);
  Snapshot now = take_snapshot(run_);
  const auto at = std::chrono::steady_clock::now().time_since_epoch();
  now.rows_per_second = meter_.update(now.rows_done, std::chrono::duration_cast<std::chrono::milliseconds>(at));
  said_ = (run_.stopping() ? "Stopping: " : "Running: ") + render_plain(now);
}

PageContent LiveView::content() const { return {said_, report::render_main(looks_.picture())}; }

PageContent LiveView::content_at_end(const Summary& summary) const {
  return {ending(summary), report::render_main(ended_picture(looks_.picture(), summary, RunOrigin(config_)))};
}

PageContent LiveView::content_when_broken() const {
  return {"The run ended with an error. Read the reason in its terminal.", report::render_main(looks_.picture())};
}

}  // namespace amend::cli
