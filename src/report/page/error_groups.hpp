// Rows that did not succeed, by code. Layer 1: pure.
//
// Threads: one. Errors: none. Bounds: 1,000 codes, as ErrorTally, and 2 MiB; later codes are "other".
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "amend/report/reading.hpp"

namespace amend::report {

class ErrorGroups {
 public:
  using Time = std::chrono::system_clock::time_point;
  explicit ErrorGroups(Values values) noexcept : values_(values) {}

  /// `code`: as in the line. `line`: the whole line, which is parsed only for the first row of a code.
  void add(std::string_view code, std::uint64_t row, std::optional<Time> at, std::string_view line);
  std::uint64_t rows() const noexcept { return rows_; }
  std::size_t codes() const noexcept { return groups_.size(); }

  /// The most frequent first; equal ones by code.
  std::vector<ErrorGroup> worst(std::size_t count) const;

 private:
  class Group {
   public:
    ErrorGroup shown;
    std::optional<Time> first;
    std::optional<Time> last;
  };
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
  };

  Group& group_of(std::string_view code, std::uint64_t row, std::string_view line);

  Values values_;
  std::uint64_t rows_ = 0;
  std::unordered_map<std::string, Group, Hash, std::equal_to<>> groups_;
};

/// The first row of a code as an example, with the meaning of the code and the remedy. With Values::hidden the text of
/// the error is left out when it may repeat a value (set_example).
ErrorGroup error_group(std::string_view line, std::uint64_t row, Values values);

}  // namespace amend::report
