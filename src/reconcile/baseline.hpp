// What an older file, or an earlier run, has settled: rows that are the same now are not compared, except for a few
// that show whether the baseline is still true (RowsToLookAt). Layer 4.
//
// Memory: 16 bytes a row.
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
  /// Reads `config.reconcile.baseline`: the directory of a run, of which rows count that the API has for certain and
  /// that no later run may have written; or a file, read as `config.input` is, all of whose rows count. Of several rows
  /// of a customer the one counts that InputConfig::duplicates says; of a run the last. Throws ConfigError and
  /// InputError as Input does for a file, and as for_each_settled and LaterWrites for a run; ConfigError for the
  /// input itself, and for a run of another API, one compared otherwise, and one undone since.
  Baseline(const Config& config, CustomerKey names);

  /// Why no row counts, for the operator; empty: there is no such reason.
  const std::string& doubt() const noexcept { return doubt_; }

  /// Whether the customer's row was the same there. `wants`: RowWalk::wants.
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
