// The rows of a benchmark, read or generated once and sent repeatedly.
//
// Threads: any; const after construction. Source: layer 4.
#pragma once

#include <cstdint>
#include <vector>

#include "amend/benchmark/benchmark.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/batch.hpp"
#include "queue/batch_pool.hpp"

namespace amend {

class BenchmarkRows {
 public:
  /// Reads `config.input.file`, or generates `customers` rows when that is empty.
  ///
  /// Errors: throws ConfigError and InputError as open_source and Mapper do, and when no row can be sent.
  BenchmarkRows(const Config& config, std::uint32_t customers);
  BenchmarkRows(const BenchmarkRows&) = delete;
  BenchmarkRows& operator=(const BenchmarkRows&) = delete;

  std::size_t size() const noexcept { return good_.size(); }
  std::uint64_t rejected() const noexcept { return rejected_; }
  /// Whether the input has more rows than were kept.
  bool cut() const noexcept { return cut_; }
  RowRef row(std::size_t i) const noexcept { return RowRef(*held_.batch(), good_[i]); }

 private:
  void read(Source& source, const MappingConfig& mapping);

  BatchPool pool_{1};
  RowRef held_{*pool_.acquire(), 0};
  std::vector<std::uint32_t> good_;
  std::uint64_t rejected_ = 0;
  bool cut_ = false;
};

/// `count` customers as CSV. They are the same each time, with reserved addresses (RFC 2606, RFC 9562).
std::string made_up_customers(std::uint32_t count);

}  // namespace amend
