#include "amend/reporter/file_seal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <charconv>
#include <fstream>

#include "amend/reporter/run_directory.hpp"
#include "reporter/file_seal_json.hpp"
#include "reporter/json_reading.hpp"
#include "reporter/json_text.hpp"
#include "row/xxh3.hpp"

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

boost::json::array seals_json(const std::vector<FileSeal>& seals) {
  boost::json::array out;
  for (const FileSeal& seal : seals)
    out.push_back(boost::json::object{
        {"name", utf8(seal.name)}, {"bytes", seal.bytes}, {"hash", fmt::format("{:016x}", seal.hash)}});
  return out;
}

void seal_again(const RunDirectory& run) {
  boost::json::object summary = object_in(content_of(run.path("summary.json")));
  if (summary.empty()) return;
  summary["retry_files"] = seals_json(seals_of_retry_files(run));
  std::string text;
  append_json(text, summary);
  run.write_file("summary.json", text + "\n");
}

std::vector<std::string> edited_retry_files(const RunDirectory& run) {
  const std::vector<FileSeal> seals = seals_in_summary(content_of(run.path("summary.json")));
  std::vector<std::string> edited;
  for (const FileSeal& now : seals_of_retry_files(run))
    if (std::ranges::find(seals, now) == seals.end()) edited.push_back(now.name);
  return edited;
}

std::vector<FileSeal> seals_in_summary(std::string_view text) {
  std::vector<FileSeal> seals;
  const boost::json::object summary = object_in(text);
  const boost::json::value* const list = summary.if_contains("retry_files");
  if (!list || !list->is_array()) return seals;
  for (const boost::json::value& entry : list->get_array()) {
    if (!entry.is_object()) continue;
    FileSeal seal;
    seal.name = text_in(entry.get_object(), "name");
    seal.bytes = number_in(entry.get_object(), "bytes").value_or(0);
    const std::string hash(text_in(entry.get_object(), "hash"));
    std::from_chars(hash.data(), hash.data() + hash.size(), seal.hash, 16);
    seals.push_back(std::move(seal));
  }
  return seals;
}

}  // namespace amend
