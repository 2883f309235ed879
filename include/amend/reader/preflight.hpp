// The whole-file look before anything is sent: what the file is, how it maps, what would be rejected, who stands in it
// twice. Layer 2; any one thread, reads a file of its own; sends nothing.
//
// Used by `amend check`, and by `amend update` before its first request on a file that can be read twice.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "amend/config.hpp"
#include "amend/reader/encoding_check.hpp"
#include "amend/reader/id_index.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/finding.hpp"
#include "amend/row/position.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

/// How many positions a finding names.
inline constexpr std::size_t finding_examples_max = 3;

/// Rows that share a trouble.
class Finding {
 public:
  std::string code;  ///< an own code: input.phone.missing; for suspicious ids: see `suspicious_ids`
  std::uint64_t rows = 0;
  std::vector<Position> first;  ///< the first of them, at most finding_examples_max; of duplicates only `row` is known
  std::string example;          ///< the first one's text for people (Reason::text)
};

class PreflightReport {
 public:
  Format format = Format::csv;
  char delimiter = ',';                      ///< csv only
  std::string encoding;                      ///< as recognised or given: "UTF-8", "UTF-16LE", "windows-1252"
  std::uint64_t bytes = 0;                   ///< of the input
  std::optional<ContentRead> content;        ///< of all of it; nullopt: it is not a regular file
  std::vector<std::string> mapping;          ///< Mapper::describe
  std::vector<std::string> unknown_columns;  ///< Mapper::unknown_columns
  std::uint64_t rows = 0;                    ///< data rows, at most InputConfig::limit
  std::uint64_t sendable = 0;                ///< rows that would be sent with Duplicates::order
  /// By code, the most frequent first. With Duplicates::reject the rows of input.id.duplicate too.
  std::vector<Finding> rejected;
  /// Rejected ids again, by what probably happened to them: id.scientific, id.leading_zeros, id.length, id.spaces,
  /// id.formula, id.quotes, id.other. The rows are counted in `rejected` too.
  std::vector<Finding> suspicious_ids;
  InputFindings findings;        ///< in the values of the rows that would be sent; quotes and escapes in all rows
  DuplicateCount duplicates;     ///< among the rows that would be sent
  std::uint64_t superseded = 0;  ///< rows that Duplicates::last or ::first keeps back
  std::optional<EncodingTrouble> encoding_trouble;  ///< set: nothing of the file may be sent as it is read
  std::vector<std::string> hints;                   ///< sentences for people

  /// False when an operator should look before the run: rejected rows, damaged values, customers in several rows,
  /// another encoding.
  bool clean() const noexcept {
    return rejected.empty() && duplicates.ids == 0 && findings.damaged_rows == 0 && !encoding_trouble;
  }
};

/// Throws ConfigError naming --duplicates when that needs a second reading and the input is stdin, a pipe or a device.
void require_second_reading(const InputConfig& input);

/// Reads the file of `input` to its end and maps each row. One run() for each object.
/// Memory: constant, + 12.1 bytes a row for the ids (at most 40 MiB with Duplicates::order, id_index.hpp), + 1 bit a
/// row in `hidden`.
class Preflight {
 public:
  Preflight(const InputConfig& input, const MappingConfig& mapping) : input_(input), mapping_(mapping) {}

  /// `stop`, looked at every 64 rows and while a pipe is silent, ends it early with an InputError.
  /// Throws ConfigError and InputError as open_source, Mapper and Source::next do; ConfigError for
  /// require_second_reading, and for more than IdIndex::row_max rows with another Duplicates than order.
  PreflightReport run(const std::atomic<bool>& stop);

  /// After run(): the rows that InputConfig::duplicates keeps from being sent; empty for Duplicates::order.
  RowSet& hidden() noexcept { return hidden_; }

 private:
  InputConfig input_;
  MappingConfig mapping_;
  RowSet hidden_;
};

}  // namespace amend
