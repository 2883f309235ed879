// Checks the whole file before anything is sent: its format, its mapping, the rows to reject, the duplicates.
//
// `amend check` uses it, and `amend update` uses it before the first request when the file can be read twice.
//
// Threads: one at a time. Source: layer 2; it reads the file and sends nothing.
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
#include "amend/reader/input_file.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/finding.hpp"
#include "amend/row/position.hpp"
#include "amend/row/row_set.hpp"

namespace amend {

/// The number of positions that a finding names.
inline constexpr std::size_t finding_examples_max = 3;

/// Rows with the same fault.
class Finding {
 public:
  std::string code;  ///< an own code: input.phone.missing; for suspicious ids: see `suspicious_ids`
  std::uint64_t rows = 0;
  std::vector<Position> first;  ///< the first of them, at most finding_examples_max; of duplicates only `row` is known
  std::string example;          ///< the text of the first one (Reason::text)
};

class CheckReport {
 public:
  Format format = Format::csv;
  char delimiter = ',';                      ///< CSV only
  std::string encoding;                      ///< as recognised or given: "UTF-8", "UTF-16LE", "windows-1252"
  std::uint64_t bytes = 0;                   ///< of the input
  std::optional<ContentRead> content;        ///< nullopt: the input is not a regular file
  std::vector<std::string> mapping;          ///< Mapper::describe
  std::vector<std::string> unknown_columns;  ///< Mapper::unknown_columns
  std::uint64_t rows = 0;                    ///< data rows, at most InputConfig::limit
  std::uint64_t sendable = 0;                ///< rows that would be sent with Duplicates::order
  /// By code, the most frequent first. With Duplicates::reject, the rows of input.id.duplicate are included.
  std::vector<Finding> rejected;
  /// The rejected ids by probable cause: id.scientific, id.leading_zeros, id.length, id.spaces, id.formula, id.quotes,
  /// id.other. Their rows are counted in `rejected` too.
  std::vector<Finding> suspicious_ids;
  InputFindings findings;        ///< in the values of the rows that would be sent; quotes and escapes: of all rows
  DuplicateCount duplicates;     ///< among the rows that would be sent
  std::uint64_t superseded = 0;  ///< rows that Duplicates::last or ::first skips
  RowSet hidden;                 ///< rows that InputConfig::duplicates keeps from being sent
  std::optional<EncodingTrouble> encoding_trouble;  ///< set: no row of the file may be sent in this encoding
  std::vector<std::string> hints;                   ///< sentences for the operator

  /// False when an operator should look before the run: rejected rows, damaged values, duplicates, another encoding.
  bool clean() const noexcept {
    return rejected.empty() && duplicates.ids == 0 && findings.damaged_rows == 0 && !encoding_trouble;
  }
};

/// Throws ConfigError, which names --duplicates, when that option needs a second reading and the input is stdin, a pipe
/// or a device.
void require_second_reading(const InputConfig& input);

/// Reads the file to its end and maps each row. `stop` ends it early with an InputError: it is read every 64 rows and
/// while a pipe is silent.
///
/// Errors: throws ConfigError and InputError as open_source, Mapper and Source::next do. Throws ConfigError as
/// require_second_reading does, and for more than IdIndex::row_max rows unless Duplicates::order applies.
/// Bounds: a constant, + 12.1 bytes per row for the ids (at most 40 MiB with Duplicates::order, id_index.hpp), + 1 bit
/// per row in `hidden`.
CheckReport check_input(const InputFile& file, const InputConfig& input, const MappingConfig& mapping,
                        const std::atomic<bool>& stop);

/// As above, of the file of `input`, which it opens.
CheckReport check_input(const InputConfig& input, const MappingConfig& mapping, const std::atomic<bool>& stop);

}  // namespace amend
