// A directory on a disk that loses its power, and the states that may be found afterwards. Pure.
//
// POSIX guarantees the content of a file at its last fsync, and the names at the last fsync of the directory. Of later
// operations, some may survive. Name operations survive up to any one, in their order, as journaling file systems keep
// it. Writes survive up to any byte, or their place is filled with NULs.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "harsh/powercut/recorder.hpp"

namespace test {

using Files = std::map<std::string, std::string>;  // name → content

class Disk {
 public:
  /// These files are on it, durably.
  explicit Disk(const Files& files = {});

  void apply(const Operation& operation);

  /// One of the states that may be found when the power is lost now.
  Files after_power_cut(std::mt19937& random) const;
  /// What a program believes to be durable of a file: all that its last fsync covered. That its name is so, too, is the
  /// program's business.
  std::string synced(const std::string& name) const;

 private:
  // What a name stands for.
  class Node {
   public:
    std::string durable;
    std::vector<Operation> since;  // writes and truncations that are not durable

    std::string content(std::mt19937& random) const;
  };
  using Names = std::map<std::string, std::shared_ptr<Node>>;

  static void change_names(Names& names, const Operation& operation, const std::shared_ptr<Node>& made);

  Names now_;
  Names durable_;
  std::vector<std::pair<Operation, std::shared_ptr<Node>>> names_since_;  // with the node that was made
};

}  // namespace test
