// The company_name that the runs in a folder have sent last, by customer: no answer ever shows it (--company-name
// journal). Layer 4.
//
// Memory: 48 bytes for each customer to whom one was sent, and for each row of the run being read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "amend/config.hpp"
#include "amend/run/log_reading.hpp"
#include "amend/run/summary.hpp"

namespace amend {

class SentCompanyNames {
 public:
  /// Reads the runs in `folder` that have sent something to the API of `config`, in the order in which their rows
  /// ended. What was sent by a run whose input is not there any more as it was is not known. Throws ConfigError naming
  /// a run that cannot be read, and as runs_that_sent.
  SentCompanyNames(const std::string& folder, const Config& config);

  /// A hash (content_hash) of it; nullopt: nothing is known.
  std::optional<std::uint64_t> of(std::string_view uuid) const;

 private:
  class Sent {
   public:
    std::string at;                     ///< when, as in the log
    std::optional<std::uint64_t> name;  ///< nullopt: unknown
  };
  class Row {
   public:
    std::uint64_t customer = 0;  ///< customer_key
    std::uint64_t name = 0;
  };
  /// The rows of a run that have a name. nullopt: that is not known any more.
  using NamesByRow = std::optional<std::unordered_map<std::uint64_t, Row>>;

  void read_run(const std::string& run, const RunRecord& record);
  NamesByRow names_in(const std::string& run, const RunRecord& record) const;
  void take(std::uint64_t customer, const Sent& sent);

  std::unordered_map<std::uint64_t, Sent> sent_;  // by customer_key
};

}  // namespace amend
