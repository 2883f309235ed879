// What a retry file was when amend wrote it: one that was edited since is never overwritten. Layer 2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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

/// Of the retry files in `run` as they are now; those of which `kept` has a seal keep that. Reads each file; one that
/// cannot be read gets a seal that fits no file.
std::vector<FileSeal> seals_of_retry_files(const RunDirectory& run, const std::vector<FileSeal>& kept = {});

std::vector<std::string> names_of(const std::vector<FileSeal>& seals);

/// Puts the seals of the retry files as they are now into the summary.json of a run that has ended. Throws
/// DurabilityError.
void seal_again(const RunDirectory& run);

/// The retry files of a run that has ended and that are not as amend wrote them. One without a seal counts as edited.
std::vector<std::string> edited_retry_files(const RunDirectory& run);

/// What the text of a summary.json has; empty: nothing, or it was written by a version before 0.2.
std::vector<FileSeal> seals_in_summary(std::string_view text);

}  // namespace amend
