#include "amend/reporter/run_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "amend/row/selection.hpp"
#include "reporter/json_reading.hpp"
#include "reporter/run_json_paths.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

bool is_run(const fs::path& directory) {
  std::error_code error;
  return fs::is_regular_file(directory / "run.json", error);
}

fs::path place_of(const fs::path& directory) {
  std::error_code error;
  fs::path place = fs::weakly_canonical(directory, error);
  if (error) place = fs::absolute(directory, error).lexically_normal();
  return place.has_filename() ? place : place.parent_path();
}

// Where the parent of the run at `place` is: beside it, as a retry is always made there and runs are copied or moved
// together; else where run.json says.
fs::path parent_place(const fs::path& place, const std::string& parent) {
  const fs::path named = place_of(place.parent_path() / parent);  // an absolute one replaces the left side
  fs::path beside = place.parent_path() / named.filename();
  return is_run(beside) && beside != place ? beside : is_run(named) ? named : beside;
}

// "": a first run. nullopt: its run.json cannot be read.
std::optional<std::string> parent_in(const fs::path& place) {
  const boost::json::object run = object_in(content_of((place / "run.json").string()));
  const boost::json::value* parent = run.if_contains("parent");
  if (parent == nullptr) return std::nullopt;
  if (parent->is_null()) return std::string();
  if (!parent->is_string()) return std::nullopt;
  return path_bytes_in(run, "parent").value_or(std::string(parent->get_string()));
}

// Every entry of a folder. A folder that cannot be read to its end may hide a retry.
template <class Show>
void for_each_entry(const fs::path& folder, Show show) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) show(at->path());
  if (error)
    throw ConfigError(
        printable(folder.string()) + ": amend cannot search this directory for retries: " + error.message(),
        ExitCode::input);
}

// What a retry is about is in its selection.txt, and what it has sent in its log. An empty log is of a start that was
// killed before its run.json.
bool is_unreadable_retry(const fs::path& directory) {
  std::error_code error;
  if (!fs::is_regular_file(directory / std::string(selection_name), error)) return false;
  if (is_run(directory)) return parent_in(directory).value_or("").empty();
  const std::uintmax_t recorded = fs::file_size(directory / std::string(result_log_name), error);
  return error ? log_was_shortened(directory.string()) : recorded > 0;
}

/// Finds the runs of a chain.
class Search {
 public:
  explicit Search(const fs::path& start) {
    follow_parents(start);
    for (std::size_t before = 0; before != found_.size();) {
      before = found_.size();
      look_beside();
    }
  }

  /// Place → place of the parent, empty for a first run.
  const std::map<fs::path, fs::path>& found() const noexcept { return found_; }

 private:
  void follow_parents(fs::path place) {
    while (!found_.contains(place)) {
      const std::string parent = parent_in(place).value_or("");  // what is damaged is reported when it is read
      const fs::path next = parent.empty() ? fs::path() : parent_place(place, parent);
      add(place, next);
      if (parent.empty()) return;
      if (!is_run(next))
        throw ConfigError(printable(place.string()) + ": this run is a retry of " + printable(parent) +
                              ", which is missing. Restore that run directory in the same folder as this run",
                          ExitCode::input);
      place = next;
    }
  }

  void look_beside() {
    std::set<fs::path> folders;
    for (const auto& [place, parent] : found_) folders.insert(place.parent_path());
    for (const fs::path& folder : folders) {
      if (!seen_.contains(folder)) remember(folder);
    }
    for (const auto& [place, parent] : beside_) {
      if (found_.contains(parent) && !found_.contains(place)) add(place, parent);
    }
  }

  void remember(const fs::path& folder) {
    seen_.insert(folder);
    for_each_entry(folder, [&](const fs::path& entry) {
      if (!is_run(entry)) return;
      const fs::path place = place_of(entry);
      if (const std::string parent = parent_in(place).value_or(""); !parent.empty())
        beside_[place] = parent_place(place, parent);
    });
  }

  void add(const fs::path& place, const fs::path& parent) {
    found_.emplace(place, parent);
    if (found_.size() > chain_max)
      throw ConfigError(fmt::format("{}: this run and its retries are together more than {} runs, the limit of amend",
                                    printable(place.string()), chain_max),
                        ExitCode::input);
  }

  std::map<fs::path, fs::path> found_;
  std::map<fs::path, fs::path> beside_;  // retries in the folders seen
  std::set<fs::path> seen_;
};

void read_summary(RunHead& head) {
  const boost::json::object summary = object_in(content_of(head.directory + "/summary.json"));
  head.has_ended = !summary.empty();
  head.stop_cause = stop_cause_named(text_in(summary, "stop_cause"));
  head.stop_reason = text_in(summary, "stop_reason");
  if (const auto code = number_in(summary, "exit_code")) head.exit_code = static_cast<int>(*code);
  const boost::json::value* rows = summary.if_contains("rows");
  if (!rows || !rows->is_object()) return;
  head.rows_in_all = number_in(rows->get_object(), "unsent");
  if (!head.rows_in_all) return;
  for (std::size_t i = 0; i < status_count; ++i)
    *head.rows_in_all += number_in(rows->get_object(), to_string(static_cast<Status>(i))).value_or(0);
}

RunHead read_head(const std::string& directory) {
  RunHead head;
  head.directory = directory;
  try {
    head.record = read_run(directory);
  } catch (const ConfigError& error) {
    throw ConfigError(printable(directory) + ": " + error.what(), ExitCode::input);
  }
  read_summary(head);
  return head;
}

class Member {
 public:
  Member(fs::path place_, fs::path parent_, RunHead head_)
      : place(std::move(place_)), parent(std::move(parent_)), head(std::move(head_)) {}
  auto order() const { return std::tie(head.record.started_at, place); }

  fs::path place;
  fs::path parent;
  RunHead head;
};

// By start, but a retry never before its parent, whatever the clocks said.
std::vector<RunHead> in_order(std::vector<Member> members) {
  std::ranges::sort(members, [](const Member& a, const Member& b) { return a.order() < b.order(); });
  std::vector<RunHead> out;
  std::set<fs::path> placed;
  while (!members.empty()) {
    auto next =
        std::ranges::find_if(members, [&](const Member& m) { return m.parent.empty() || placed.contains(m.parent); });
    if (next == members.end())
      throw ConfigError(
          printable(members.front().place.string()) +
              ": run.json says that this run is a retry of one of its own retries. Restore run.json from a backup",
          ExitCode::input);
    placed.insert(next->place);
    out.push_back(std::move(next->head));
    members.erase(next);
  }
  return out;
}

// A record says what a row held: where another log says otherwise of the same row, it is another file.
bool is_about_other_rows(const std::string& run, const ContentHash& hash_of) {
  bool other = false;
  try {
    read_log(run, [&](const JournalRecord& record) {
      const auto hash = hash_of(record.row);
      other = other || (hash && *hash != record.hash);
    });
  } catch (const InputError&) {
    return false;
  }
  return other;
}

}  // namespace

std::vector<RunHead> chain_of(const std::string& directory) {
  if (!is_run(directory)) throw no_run_in(directory);
  const fs::path start = place_of(directory);
  const Search search(start);
  std::vector<Member> members;
  for (const auto& [place, parent] : search.found()) {
    members.emplace_back(place, parent, read_head(place == start ? directory : place.string()));
  }
  return in_order(std::move(members));
}

std::vector<std::string> unreadable_retries_beside(const std::string& run, const ContentHash& hash_of) {
  std::vector<std::string> found;
  for_each_entry(place_of(run).parent_path(), [&](const fs::path& entry) {
    if (is_unreadable_retry(entry) && !is_about_other_rows(entry.string(), hash_of)) found.push_back(entry.string());
  });
  std::ranges::sort(found);
  return found;
}

void refuse_unreadable_retries(const std::vector<std::string>& retries) {
  if (retries.empty()) return;
  throw InputError(
      printable(retries.front()) +
      ": run.json is damaged or missing. This directory may contain a later retry of the same rows, and amend cannot "
      "know what "
      "that retry sent. Restore run.json from a backup. If the directory belongs to another input file, move it "
      "to another folder. Nothing was sent");
}

RunView::RunView(const std::string& directory) : runs_(chain_of(directory)) {
  asked_ = static_cast<std::size_t>(std::ranges::find(runs_, directory, &RunHead::directory) - runs_.begin());
  read_all();
  unreadable_ = unreadable_retries_beside(
      directory, [this](std::uint64_t row) { return status(row) ? std::optional(rows_[row].hash()) : std::nullopt; });
}

void RunView::read_all() {
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    runs_[run].log = read_log(runs_[run].directory, [&](const JournalRecord& record) { take(record, run); });
  }
}

void RunView::take(const JournalRecord& record, std::size_t run) {
  if (record.offset >= Row::offset_max)
    throw InputError(runs_[run].directory + ": results.ndjson is too large for amend to read");
  if (record.row >= rows_.size()) rows_.resize(record.row + 1);
  Row& row = rows_[record.row];
  if (row.has_record()) --totals_[static_cast<std::size_t>(row.status())];
  row = Row(record, run);
  ++totals_[static_cast<std::size_t>(row.status())];
}

std::optional<Status> RunView::status(std::uint64_t row) const noexcept {
  if (row >= rows_.size() || !rows_[row].has_record()) return std::nullopt;
  return rows_[row].status();
}

bool RunView::same_content(std::uint64_t row, std::string_view raw) const noexcept {
  return rows_[row].hash() == content_hash(raw);
}

std::uint64_t RunView::rows_with_record() const noexcept {
  return std::accumulate(totals_.begin(), totals_.end(), std::uint64_t{0});
}

std::uint64_t RunView::rows_well() const noexcept {
  std::uint64_t well = 0;
  for (const Status status : all_statuses) well += is_well(status) ? rows(status) : 0;
  return well;
}

// A retry has only some of the rows: what the first run says counts.
std::optional<std::uint64_t> RunView::rows_in_all() const noexcept { return runs_.front().rows_in_all; }

std::optional<std::uint64_t> RunView::unsent() const noexcept {
  const auto all = rows_in_all();
  const std::uint64_t with_record = rows_with_record();
  if (!all || with_record > *all) return std::nullopt;
  return *all - with_record;
}

bool RunView::damaged() const noexcept {
  if (!unreadable_.empty()) return true;
  return std::ranges::any_of(runs_, [](const RunHead& run) { return run.log.damaged_at.has_value(); });
}

void RunView::for_each_final(const std::function<void(const FinalRecord&)>& show) const {
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    read_log(runs_[run].directory, [&](const JournalRecord& record) {
      if (record.row >= rows_.size()) return;  // written since
      const Row& row = rows_[record.row];
      if (row.has_record() && row.run() == run && row.offset() == record.offset) show(FinalRecord(record, run));
    });
  }
}

}  // namespace amend
