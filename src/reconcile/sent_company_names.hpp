// The last company_name that the runs in a folder have sent, by customer. No response shows it (--company-name
// journal). Layer 4.
//
// *Threads.* One. *Errors.* Those of the constructor. *Bounds.* 48 bytes for each customer with a sent name, and for
// each row of the run that is being read. *Lifetime.* A value. *Source.* The logs and inputs of the runs.
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
  /// Reads the runs in `folder` that have sent to the API of `config`, in the order in which their rows ended. When the
  /// input of a run is missing or has changed, its names are unknown. Throws ConfigError naming a run that cannot be
  /// read, and as runs_that_sent.
  SentCompanyNames(const std::string& folder, const Config& config);

  /// The hash (content_hash) of the name; nullopt if it is unknown.
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
  /// The rows of a run that have a name; nullopt if that is unknown.
  using NamesByRow = std::optional<std::unordered_map<std::uint64_t, Row>>;

  void read_run(const std::string& run, const RunRecord& record);
  NamesByRow names_in(const std::string& run, const RunRecord& record) const;
  void take(std::uint64_t customer, const Sent& sent);

  std::unordered_map<std::uint64_t, Sent> sent_;  // by customer_key
};

}  // namespace amend
