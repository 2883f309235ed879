// Reads customers from the API into a snapshot. Its requests are signed, rate-limited, retried and stopped as updates
// are. Layer 4.
//
// *Threads.* One caller. *Errors.* Those of CustomerLookup. *Bounds.* Those of an engine. *Lifetime.* All arguments
// outlive it. *Source.* The API.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "admission/admission_control.hpp"
#include "amend/config.hpp"
#include "amend/metrics/metrics.hpp"
#include "amend/reconciliation.hpp"
#include "amend/worker/signer.hpp"
#include "engine/engine.hpp"
#include "reconcile/customer_snapshot.hpp"
#include "transport/target.hpp"
#include "wonder/routes.hpp"

namespace amend {

/// What the pages of the list reported about themselves.
class ListTally {
 public:
  ListTally() = default;

  std::uint64_t total = 0;       ///< X-Total-Entries of the first page
  bool moved = false;            ///< another page had another total
  std::uint64_t received = 0;    ///< entries, also those seen before
  std::uint64_t distinct = 0;    ///< customers
  std::uint64_t unreadable = 0;  ///< entries that are not a customer with a uuid
  bool at_its_end = false;       ///< a page had only entries seen before
  std::string a_key;             ///< key of one customer of the list; empty: no such customer

  /// No customers were added or removed while the list was read.
  bool is_whole() const noexcept { return !moved && distinct + unreadable == total && received == total; }
};

/// One for each reconciliation. Its calls block, one at a time. They throw LookupStopped (outage, credentials,
/// deadline), DurabilityError and ThreadError.
class CustomerLookup {
 public:
  /// All arguments outlive it. Throws ConfigError as Input does.
  CustomerLookup(const Config& config, const Credentials& credentials, CustomerSnapshot& snapshot, Metrics& metrics,
                 Reconciliation::OnNotice on_notice);

  /// Reads the first page. Returns the number of customers. The customers of the page are then in the snapshot.
  std::uint64_t read_first_page();
  /// Reads the other pages. A page that cannot be read stops the lookup.
  ListTally read_other_pages();

  /// Adds a few dozen further keys to an empty list: uuids or reference_numbers, by the key of the snapshot. Returns
  /// false when there are no more.
  using Keys = std::function<bool(std::vector<std::string>& keys)>;
  /// Sends one request for each key. A customer that cannot be read is unreadable in the snapshot. A 404 of the API
  /// means "no such customer" once the same call has found one; keys with an earlier 404 are requested again then.
  /// Without a found customer, 20 such keys stop the lookup (exit 5), and fewer make their customers unreadable.
  void read_each(const Keys& keys);

 private:
  /// Appends rows to an empty batch. Returns false when there are no more.
  using Feed = std::function<bool(Batch& batch)>;
  using OnEnd = std::function<void(const Outcome&)>;

  void run(Engine& engine, const Feed& feed, const OnEnd& on_end);
  void take_outcomes(Engine& engine, const OnEnd& on_end);
  void read_pages(wonder::Page page, std::uint64_t end);
  void read_round(const Keys& keys);

  Config config_;
  const Credentials& credentials_;
  CustomerSnapshot& snapshot_;
  CustomerKey key_;
  Target target_;
  AdmissionControl admission_;
  Metrics& metrics_;
  Reconciliation::OnNotice on_notice_;
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();  // for all rounds together
  ListTally tally_;
  bool found_one_ = false;              // read_each has found a customer
  std::vector<std::string> not_found_;  // keys with a 404 before that; during a round only the reporter uses it
  std::uint64_t rows_asked_ = 0;
};

}  // namespace amend
