#include "amend/run/run_chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "amend/row/selection.hpp"
#include "row/shell_path.hpp"
#include "run/json_reading.hpp"
#include "run/run_json_paths.hpp"

namespace amend {
namespace {

namespace fs = std::filesystem;

bool is_run(const fs::path& directory) {
  std::error_code error;
  return fs::is_regular_file(directory / "run.json", error);
}

std::string run_json_text(const fs::path& directory) { return content_of((directory / "run.json").string()); }

fs::path absolute_place(const fs::path& directory) {
  std::error_code error;
  fs::path place = fs::weakly_canonical(directory, error);
  if (error) place = fs::absolute(directory, error).lexically_normal();
  return place.has_filename() ? place : place.parent_path();
}

// Where the parent of the run at `place` is. Beside it, because a retry is always made there, and runs are copied or
// moved together. Otherwise where run.json says.
fs::path parent_place(const fs::path& place, const std::string& parent) {
  const fs::path named = absolute_place(place.parent_path() / parent);  // an absolute one replaces the left side
  fs::path beside = place.parent_path() / named.filename();
  return is_run(beside) && beside != place ? beside : is_run(named) ? named : beside;
}

// Empty: a first run. nullopt: the text is damaged.
std::optional<std::string> parent_in(std::string_view run_json) {
  const boost::json::object run = object_in(run_json);
  const boost::json::value* parent = run.if_contains("parent");
  if (parent == nullptr) return std::nullopt;
  if (parent->is_null()) return std::string();
  if (!parent->is_string()) return std::nullopt;
  return path_bytes_in(run, "parent").value_or(std::string(parent->get_string()));
}

// A folder that cannot be read to its end may hide a retry.
template <class Show>
void for_each_entry(const fs::path& folder, Show show) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) show(at->path());
  if (error)
    throw ConfigError(
        printable(folder.string()) + ": amend cannot search this directory for retries: " + error.message(),
        ExitCode::input);
}

fs::file_time_type last_write_of(const fs::path& directory) {
  std::error_code error;
  return fs::last_write_time(directory / "run.json", error);
}

RunHead head_of(const std::string& directory, std::string_view run_json) {
  RunHead head;
  head.directory = directory;
  try {
    head.record = read_run_json(run_json);
  } catch (const ConfigError& error) {
    throw ConfigError(printable(directory) + ": " + error.what(), ExitCode::input);
  }
  head.summary = read_summary(directory);
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

// By start. A retry is never before its parent, whatever the clocks said.
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

// A log with another content hash for the same row is about another file.
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

RunChain::RunChain(const std::string& directory) {
  if (!is_run(directory)) throw no_run_in(directory);
  start_ = absolute_place(directory);
  follow_parents(start_);
  look_beside();
  read_heads(directory);
}

void RunChain::follow_parents(Path place) {
  while (!found_.contains(place)) {
    seen_[place] = parent_in(texts_[place] = text_of(place));
    const std::string parent = seen_[place].value_or("");  // damage is reported when the whole file is read
    const Path next = parent.empty() ? Path() : parent_place(place, parent);
    include(place, next);
    if (parent.empty()) return;
    if (!is_run(next))
      throw ConfigError(printable(place.string()) + ": this run is a retry of " + printable(parent) +
                            ", which is missing. Restore that run directory in the same folder as this run",
                        ExitCode::input);
    place = next;
  }
}

std::string RunChain::text_of(const Path& place) {
  written_[place] = last_write_of(place);
  return run_json_text(place);
}

// A retry may be in another folder than its parent, with retries of its own beside it.
void RunChain::look_beside() {
  std::set<Path> searched;
  do {
    std::set<Path> folders;
    for (const auto& [place, parent] : found_) folders.insert(place.parent_path());
    for (const Path& folder : folders)
      if (searched.insert(folder).second) search(folder);
  } while (add_retries_found());
}

void RunChain::search(const Path& folder) {
  for_each_entry(folder, [&](const Path& entry) {
    if (!is_run(entry)) return;
    const Path place = absolute_place(entry);
    if (seen_.contains(place)) return;
    std::string text = text_of(place);
    const std::string parent = (seen_[place] = parent_in(text)).value_or("");
    if (!parent.empty() && found_.contains(parent_place(place, parent))) texts_[place] = std::move(text);
  });
}

bool RunChain::add_retries_found() {
  const std::size_t before = found_.size();
  for (const auto& [place, parent] : seen_) {
    if (parent.value_or("").empty() || found_.contains(place)) continue;
    if (Path at = parent_place(place, *parent); found_.contains(at)) include(place, at);
  }
  return found_.size() != before;
}

void RunChain::include(const Path& place, const Path& parent) {
  found_.emplace(place, parent);
  if (found_.size() > chain_max)
    throw ConfigError(fmt::format("{}: this run and its retries are together more than {} runs, the limit of amend",
                                  printable(place.string()), chain_max),
                      ExitCode::input);
}

void RunChain::read_heads(const std::string& directory) {
  std::vector<Member> members;
  for (const auto& [place, parent] : found_) {
    const auto text = texts_.find(place);
    members.emplace_back(
        place, parent,
        head_of(place == start_ ? directory : place.string(), text == texts_.end() ? text_of(place) : text->second));
  }
  runs_ = in_order(std::move(members));
  asked_text_ = std::move(texts_[start_]);
  texts_.clear();
  asked_ = static_cast<std::size_t>(std::ranges::find(runs_, directory, &RunHead::directory) - runs_.begin());
}

void RunChain::lock() {
  for (const RunHead& run : runs_)
    locks_.emplace_back(run.directory, std::make_unique<RunDirectory>(run.directory, Opening::resume));
  look_beside();
  if (found_.size() != runs_.size())
    throw ConfigError(printable(asked().directory) + ": another process has started a retry of this run",
                      ExitCode::run_directory_in_use, "amend status " + shell_path(asked().directory));
  read_again();
}

// Until it was locked, another process may have resumed a run.
void RunChain::read_again() {
  for (RunHead& run : runs_) {
    if (last_write_of(run.directory) == written_[absolute_place(run.directory)]) {
      run.summary = read_summary(run.directory);
    } else {
      run = head_of(run.directory, run_json_text(run.directory));
    }
  }
}

const RunDirectory* RunChain::locked(const RunHead& run) const noexcept {
  for (const auto& [directory, lock] : locks_)
    if (directory == run.directory) return lock.get();
  return nullptr;
}

void RunChain::add(const std::string& directory) { runs_.push_back(head_of(directory, run_json_text(directory))); }

// What a retry is about is in its selection.txt, and what it has sent in its log. An empty log belongs to a start that
// was killed before its run.json.
bool RunChain::is_unreadable_retry(const Path& directory) const {
  std::error_code error;
  if (!fs::is_regular_file(directory / std::string(selection_name), error)) return false;
  if (is_run(directory)) {
    const auto seen = seen_.find(absolute_place(directory));
    const Parent parent = seen == seen_.end() ? parent_in(run_json_text(directory)) : seen->second;
    return parent.value_or("").empty();
  }
  const std::uintmax_t recorded = fs::file_size(directory / std::string(result_log_name), error);
  return error ? log_was_shortened(directory.string()) : recorded > 0;
}

std::vector<std::string> RunChain::unreadable_retries(const ContentHash& hash_of) const {
  std::vector<std::string> found;
  for_each_entry(start_.parent_path(), [&](const Path& entry) {
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

}  // namespace amend
