// The snapshot: the customers of the API at the time of reading, by their uuid or by the merchant's own number. Its
// file has no name, so it disappears when the process ends in any way. Layer 2.
//
// *Threads.* Any. *Errors.* DurabilityError. *Bounds.* Memory: 16 bytes per slot, with 1.4 to 2.9 slots per customer,
// half as much again while it grows, and 1 MiB. *Lifetime.* A value that stays where it is. *Source.* CustomerLookup
// fills it.
#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/config.hpp"
#include "amend/error.hpp"
#include "amend/wonder/customer.hpp"

namespace amend {

/// What the snapshot contains about one key.
class SnapshotEntry {
 public:
  SnapshotEntry() = default;

  std::optional<wonder::Customer> customer;  ///< nullopt with no reason: the API has no such customer
  std::optional<Reason> unreadable;          ///< why the customer could not be read
  bool other_zeros = false;                  ///< the reference_number of another customer differs only by leading zeros

  /// The API has no such customer, as far as it was asked.
  bool is_missing() const noexcept { return !customer && !unreadable && !other_zeros; }
};

class CustomerSnapshot {
 public:
  /// `directory` needs room for about 200 bytes per customer. Throws DurabilityError.
  CustomerSnapshot(const std::string& directory, CustomerKey key);
  ~CustomerSnapshot();
  CustomerSnapshot(const CustomerSnapshot&) = delete;
  CustomerSnapshot& operator=(const CustomerSnapshot&) = delete;

  /// Returns false when the customer is there already: the first version stays. When it has the reference_number of
  /// another customer, both become unreadable. Any thread. Throws DurabilityError.
  bool add(const wonder::Customer& customer);
  /// Records that the customer of this key could not be read. Any thread. Throws DurabilityError.
  void add_unreadable(std::string_view key, const Reason& reason);

  /// Returns the entry of `key`. The customer counts as requested from then on. Any thread. Throws DurabilityError.
  SnapshotEntry find(std::string_view key);

  /// Calls `take` with each customer that find() has not returned, in the order in which they came.
  void for_each_unasked(const std::function<void(const wonder::Customer&)>& take);

  std::uint64_t customers() const;
  CustomerKey key() const noexcept { return key_; }

 private:
  class Slot;
  class Stored;

  std::string_view key_of(const wonder::Customer& customer) const noexcept;
  bool same_key(std::string_view a, std::string_view b) const noexcept;
  std::uint64_t hash_of(std::string_view key) const noexcept;
  Slot* find_slot(std::string_view key);
  bool has_other_zeros(std::string_view key, const Slot* own);
  void replace_by_ambiguous(Slot& slot, std::string_view key);
  void insert(std::string_view key, std::string_view record);
  void grow();
  void append(std::string_view record);
  void flush();
  void read_at(std::uint64_t offset, std::string& out);
  Stored stored_at(std::uint64_t offset);

  CustomerKey key_;
  std::string name_;  // for messages
  int descriptor_ = -1;
  mutable std::mutex mutex_;  // guards what follows
  std::vector<Slot> slots_;
  std::size_t used_ = 0;
  std::uint64_t customers_ = 0;
  std::uint64_t written_ = 0;  // bytes in the file
  std::string unwritten_;      // after them
  std::string record_;         // scratch
};

}  // namespace amend
