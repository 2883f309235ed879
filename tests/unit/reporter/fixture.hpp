// What the tests of this folder share: a directory that goes away, and outcomes made from text.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "amend/row/outcome.hpp"

namespace amend::test {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "amend-test-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

inline std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline unsigned mode_of(const std::string& path) {
  struct stat info {};
  ::stat(path.c_str(), &info);
  return info.st_mode & 0777U;
}

// Makes outcomes and keeps their rows alive.
class Rows {
 public:
  Outcome make(Status status, std::string_view id, std::string_view raw, Position position = Position(17, 18, 900)) {
    Batch& batch = batches_.emplace_back();
    Update update;
    update.position = position;
    update.id = append(batch, id);
    update.raw = append(batch, raw);
    batch.push_back(update);
    return Outcome(RowRef(batch, 0), status);
  }

  Outcome failed(Status status, std::string_view raw, std::string code, std::string text, std::uint64_t line) {
    Outcome outcome = make(status, "id", raw, Position(line - 1, line, 0));
    outcome.reason = std::make_unique<Reason>(std::move(code), std::move(text), Origin::api);
    return outcome;
  }

 private:
  static Slice append(Batch& batch, std::string_view text) {
    const std::size_t begin = batch.arena().size();
    batch.arena() += text;
    return batch.slice_from(begin);
  }
  std::deque<Batch> batches_;
};

template <class... Each>
std::vector<Outcome> list(Each... outcomes) {
  std::vector<Outcome> all;
  (all.push_back(std::move(outcomes)), ...);
  return all;
}

}  // namespace amend::test
