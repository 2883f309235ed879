// The size and hash of a retry file when amend wrote it. amend never overwrites a file that was edited since.
//
// Threads: any one. Errors: DurabilityError from seal_again. Bounds: each retry file is read once, in pieces of 64 KiB.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace amend {

class RunDirectory;

class FileSeal {
 public:
  FileSeal() = default;
  explicit FileSeal(std::string name_) : name(std::move(name_)) {}

  std::string name;
  std::uint64_t bytes = 0;
  std::uint64_t hash = 0;  ///< XXH3 of the content
  friend bool operator==(const FileSeal&, const FileSeal&) = default;
};

/// Seals of the retry files in `run` as they are now. A file with a seal in `kept` keeps that one. A file that cannot
/// be read gets a seal that fits no file.
std::vector<FileSeal> seals_of_retry_files(const RunDirectory& run, const std::vector<FileSeal>& kept = {});

std::vector<std::string> names_of(const std::vector<FileSeal>& seals);

/// Writes the summary.json of a run that has ended again, with the seals of the retry files as they are now.
void seal_again(const RunDirectory& run);

/// The retry files of a run that has ended and that differ from their `seals`. One without a seal counts as edited.
std::vector<std::string> edited_retry_files(const RunDirectory& run, const std::vector<FileSeal>& seals);

}  // namespace amend
