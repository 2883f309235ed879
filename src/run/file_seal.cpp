#include "amend/run/file_seal.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <fstream>

#include "amend/run/run_directory.hpp"
#include "amend/run/summary.hpp"
#include "row/json_text.hpp"
#include "row/xxh3.hpp"
#include "run/json_reading.hpp"

namespace amend {
namespace {

constexpr std::size_t sealed_piece_bytes = 64 * 1024;

FileSeal seal_of(const RunDirectory& run, const std::string& name) {
  std::ifstream file(run.path(name), std::ios::binary);
  if (!file) return FileSeal(name);
  Xxh3 hash;
  std::string piece(sealed_piece_bytes, '\0');
  FileSeal seal(name);
  while (file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto bytes = static_cast<std::size_t>(file.gcount());
    hash.add(std::string_view(piece).substr(0, bytes));
    seal.bytes += bytes;
  }
  if (file.bad()) return FileSeal(name);
  seal.hash = hash.digest();
  return seal;
}

}  // namespace

std::vector<std::string> names_of(const std::vector<FileSeal>& seals) {
  std::vector<std::string> names;
  for (const FileSeal& seal : seals) names.push_back(seal.name);
  return names;
}

std::vector<FileSeal> seals_of_retry_files(const RunDirectory& run, const std::vector<FileSeal>& kept) {
  std::vector<FileSeal> seals = kept;
  for (const std::string& name : run.files()) {
    const std::string stem = name.substr(0, name.find('.'));
    if (stem != "failed" && stem != "unknown" && stem != "rejected" && stem != "unsent") continue;
    if (std::ranges::find(kept, name, &FileSeal::name) != kept.end()) continue;
    seals.push_back(seal_of(run, name));
  }
  return seals;
}

// Only the seals change: the summary of another version may have members that this one does not know.
void seal_again(const RunDirectory& run) {
  boost::json::object summary = object_in(content_of(run.path("summary.json")));
  if (summary.empty()) return;
  Summary sealed;
  sealed.retry_files = seals_of_retry_files(run);
  summary["retry_files"] = object_in(to_json(sealed))["retry_files"];
  std::string text;
  append_json(text, summary);
  run.write_file("summary.json", text + "\n");
}

std::vector<std::string> edited_retry_files(const RunDirectory& run, const std::vector<FileSeal>& seals) {
  std::vector<std::string> edited;
  for (const FileSeal& now : seals_of_retry_files(run))
    if (std::ranges::find(seals, now) == seals.end()) edited.push_back(now.name);
  return edited;
}

}  // namespace amend
