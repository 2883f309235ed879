// A folder of a bench's own, gone with it.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

namespace bench {

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("amend-bench-" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace bench
