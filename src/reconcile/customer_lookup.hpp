// Reads customers from the API into a snapshot: signed, paced, retried and stopped as updates are. Layer 4.
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

/// What the pages of the list said about themselves.
class ListTally {
 public:
  ListTally() = default;

  std::uint64_t total = 0;       ///< X-Total-Entries of the first page
  bool moved = false;            ///< another page named another total
  std::uint64_t received = 0;    ///< entries, those seen before included
  std::uint64_t distinct = 0;    ///< customers
  std::uint64_t unreadable = 0;  ///< entries that are no customer with a uuid
  bool at_its_end = false;       ///< a page had nothing that was not seen before
  std::string a_key;             ///< by which a customer of the list can be looked up; empty: there is none

  /// No customers were added or removed while the list was read.
  bool is_whole() const noexcept { return !moved && distinct + unreadable == total && received == total; }
};

/// One for each reconciliation; its calls block, one at a time. They throw LookupStopped (outage, credentials,
/// deadline), DurabilityError and ThreadError.
class CustomerLookup {
 public:
  /// Everything outlives it. Throws ConfigError as Input does.
  CustomerLookup(const Config& config, const Credentials& credentials, CustomerSnapshot& snapshot, Metrics& metrics,
                 Reconciliation::OnNotice on_notice);

  /// The first page: how many customers there are. Its customers are in the snapshot then.
  std::uint64_t read_first_page();
  /// The other pages. A page that cannot be read stops it.
  ListTally read_other_pages();

  /// Adds a few dozen further keys to an empty list, uuids or reference_numbers as the snapshot is keyed; false: there
  /// are no more.
  using Keys = std::function<bool(std::vector<std::string>& keys)>;
  /// One request for each key. What cannot be read is in the snapshot as that. A 404 of the API says that there is no
  /// such customer once the same call has found one; what came before is asked for again then. While it has found none,
  /// 20 of them stop it (exit 5), and fewer leave their customers unreadable.
  void read_each(const Keys& keys);

 private:
  /// Appends rows to an empty batch; false: there are no more.
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
  std::vector<std::string> not_found_;  // keys that it has not found before that; the reporter's, while a round runs
  std::uint64_t rows_asked_ = 0;
};

}  // namespace amend
