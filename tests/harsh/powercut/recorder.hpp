// What a program does to the files of one directory, noted at the system calls: the test program is linked so that
// those of the reporter come here first (CMakeLists.txt, --wrap). Nothing in the program knows of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace test {

class Operation {
 public:
  enum class Kind : std::uint8_t { make, write, truncate, rename, remove, sync_file, sync_names };

  explicit Operation(Kind kind_, std::string name_ = {}, std::string text_ = {}, std::uint64_t size_ = 0)
      : kind(kind_), name(std::move(name_)), text(std::move(text_)), size(size_) {}

  Kind kind;
  std::string name;    ///< of the file in the directory
  std::string text;    ///< write: the bytes; rename: the new name
  std::uint64_t size;  ///< of a truncate: the new size
};

/// From now on everything that happens to the files right in `directory` is noted, from any thread.
void start_recording(const std::string& directory);
/// In the order in which it happened.
std::vector<Operation> stop_recording();

}  // namespace test
