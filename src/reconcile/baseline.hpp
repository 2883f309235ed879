// The rows that matched in an older file or an earlier run. They are not compared again, except for a few that show
// whether the baseline is still true (RowsToLookAt). Layer 4.
//
// *Threads.* One. *Errors.* Those of the constructor. *Bounds.* 16 bytes per row. *Lifetime.* A value. *Source.* A file
// of rows, or the directory of a run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"

namespace amend {

class LaterWrites;

class Baseline {
 public:
  /// Reads `config.reconcile.baseline`: a run directory or a file. Of a run those rows count that the API certainly
  /// has, and that no later run may have written. Of a file, read as `config.input`, all rows count. Of several rows of
  /// a customer, InputConfig::duplicates chooses one; in a run it is the last. Throws ConfigError and InputError as
  /// Input does for a file, and as for_each_recorded and LaterWrites for a run. Throws ConfigError for the input itself.
  /// It also does so for a run of another API, one with another comparison, and one that was undone.
  Baseline(const Config& config, CustomerKey names);

  /// Why no row counts, for the operator; empty without such a reason.
  const std::string& doubt() const noexcept { return doubt_; }

  /// Whether the baseline has the same row for the customer. `wants`: RowWalk::wants.
  bool has(std::string_view key, std::uint64_t wants) const noexcept;

 private:
  class Entry {
   public:
    Entry() = default;
    Entry(std::uint64_t key_, std::uint64_t wants_) noexcept : key(key_), wants(wants_) {}

    std::uint64_t key = 0;
    std::uint64_t wants = 0;
  };

  void add(std::string_view key, std::uint64_t wants);
  void refuse_itself(const Config& config) const;
  void take_out_later_writes(const LaterWrites& later, const std::string& run);
  void keep_one(Duplicates duplicates);
  std::uint64_t hash_of(std::string_view key) const noexcept;

  CustomerKey names_;
  std::vector<Entry> entries_;  // by key
  std::string doubt_;
};

}  // namespace amend
