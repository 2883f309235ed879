#include "reconcile/customer_snapshot.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "amend/run/sink.hpp"
#include "amend/wonder/customer_schema.hpp"

namespace amend {
namespace {

constexpr std::size_t slots_first = 1024;
constexpr std::size_t unwritten_max = 1U << 20;
constexpr std::string_view ambiguous_code = "reconcile.ambiguous";

// A record is its size, its kind, then texts, each after its size.
enum class Kind : char { customer, unreadable };

void append_size(std::string& out, std::size_t size) {
  const auto number = static_cast<std::uint32_t>(size);
  out.append(reinterpret_cast<const char*>(&number), sizeof number);
}

void append_text(std::string& out, std::string_view text) {
  append_size(out, text.size());
  out += text;
}

std::uint32_t size_at(std::string_view bytes) noexcept {
  std::uint32_t number = 0;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

std::string_view take_text(std::string_view& bytes) noexcept {
  const std::size_t size = size_at(bytes);
  const std::string_view text = bytes.substr(sizeof(std::uint32_t), size);
  bytes.remove_prefix(sizeof(std::uint32_t) + size);
  return text;
}

void write_unreadable(std::string& record, std::string_view key, const Reason& reason) {
  record.assign(1, static_cast<char>(Kind::unreadable));
  append_text(record, key);
  append_text(record, reason.code);
  append_text(record, reason.text);
  record += static_cast<char>(reason.origin);
}

std::string_view without_leading_zeros(std::string_view number) noexcept {
  while (number.size() > 1 && number.front() == '0') number.remove_prefix(1);
  return number;
}

int open_without_name(const std::string& directory) {
  const int descriptor = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor >= 0 || (errno != EOPNOTSUPP && errno != EISDIR)) return descriptor;
  // For a file system without O_TMPFILE.
  std::string name = directory + "/snapshot-XXXXXX";
  const int named = ::mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) ::unlink(name.c_str());
  return named;
}

}  // namespace

class CustomerSnapshot::Slot {
 public:
  std::uint64_t hash = 0;
  std::uint64_t place = 0;  ///< 0: free; else the offset of the record and one, times two, and whether it was asked for

  bool free() const noexcept { return place == 0; }
  bool asked() const noexcept { return (place & 1) != 0; }
  std::uint64_t offset() const noexcept { return (place >> 1) - 1; }
  static std::uint64_t place_of(std::uint64_t offset) noexcept { return (offset + 1) << 1; }
};

class CustomerSnapshot::Stored {
 public:
  std::string key;
  SnapshotEntry entry;
};

CustomerSnapshot::CustomerSnapshot(const std::string& directory, CustomerKey key)
    : key_(key),
      name_("the temporary file in " + directory + " for the customers that amend reads"),
      descriptor_(open_without_name(directory)),
      slots_(slots_first) {
  if (descriptor_ < 0) throw DurabilityError(name_, "cannot be created", errno);
}

CustomerSnapshot::~CustomerSnapshot() { ::close(descriptor_); }

// A customer without a number cannot be requested by number, but it counts.
std::string_view CustomerSnapshot::key_of(const wonder::Customer& customer) const noexcept {
  const bool by_reference = key_ == CustomerKey::reference && !customer.reference_number.empty();
  return by_reference ? customer.reference_number : customer.uuid;
}

// Numbers that differ only by leading zeros share a hash, so they are neighbours.
std::uint64_t CustomerSnapshot::hash_of(std::string_view key) const noexcept {
  return wonder::customer_key(key_ == CustomerKey::uuid ? key : without_leading_zeros(key));
}

bool CustomerSnapshot::same_key(std::string_view a, std::string_view b) const noexcept {
  return key_ == CustomerKey::uuid ? wonder::same_id(a, b) : a == b;
}

bool CustomerSnapshot::add(const wonder::Customer& customer) {
  const std::lock_guard lock(mutex_);
  const std::string_view key = key_of(customer);
  if (Slot* const slot = find_slot(key)) {
    const SnapshotEntry entry = stored_at(slot->offset()).entry;
    if (entry.customer && !wonder::same_id(entry.customer->uuid, customer.uuid)) replace_by_ambiguous(*slot, key);
    return false;
  }
  record_.assign(1, static_cast<char>(Kind::customer));
  append_text(record_, key);
  append_text(record_, customer.uuid);
  append_text(record_, customer.reference_number);
  for (const std::string& field : customer.fields) append_text(record_, field);
  insert(key, record_);
  ++customers_;
  return true;
}

void CustomerSnapshot::add_unreadable(std::string_view key, const Reason& reason) {
  const std::lock_guard lock(mutex_);
  if (find_slot(key) != nullptr) return;
  write_unreadable(record_, key, reason);
  insert(key, record_);
}

void CustomerSnapshot::replace_by_ambiguous(Slot& slot, std::string_view key) {
  write_unreadable(record_, key,
                   Reason(std::string(ambiguous_code), "two customers have this reference_number", Origin::api));
  slot.place = Slot::place_of(written_ + unwritten_.size()) | (slot.asked() ? 1 : 0);
  append(record_);
}

SnapshotEntry CustomerSnapshot::find(std::string_view key) {
  const std::lock_guard lock(mutex_);
  SnapshotEntry entry;
  Slot* const slot = find_slot(key);
  if (slot != nullptr) {
    slot->place |= 1;
    entry = stored_at(slot->offset()).entry;
  }
  entry.other_zeros = has_other_zeros(key, slot);
  return entry;
}

void CustomerSnapshot::for_each_unasked(const std::function<void(const wonder::Customer&)>& take) {
  std::vector<std::uint64_t> offsets;
  {
    const std::lock_guard lock(mutex_);
    for (const Slot& slot : slots_)
      if (!slot.free() && !slot.asked()) offsets.push_back(slot.offset());
  }
  std::ranges::sort(offsets);
  for (const std::uint64_t offset : offsets) {
    std::unique_lock lock(mutex_);
    const Stored stored = stored_at(offset);
    lock.unlock();
    if (stored.entry.customer) take(*stored.entry.customer);
  }
}

std::uint64_t CustomerSnapshot::customers() const {
  const std::lock_guard lock(mutex_);
  return customers_;
}

CustomerSnapshot::Slot* CustomerSnapshot::find_slot(std::string_view key) {
  const std::uint64_t hash = hash_of(key);
  for (std::size_t at = hash % slots_.size();; at = (at + 1) % slots_.size()) {
    Slot& slot = slots_[at];
    if (slot.free()) return nullptr;
    if (slot.hash == hash && same_key(stored_at(slot.offset()).key, key)) return &slot;
  }
}

// `own`: the slot of the key itself, or null.
bool CustomerSnapshot::has_other_zeros(std::string_view key, const Slot* own) {
  if (key_ == CustomerKey::uuid) return false;
  const std::uint64_t hash = hash_of(key);
  for (std::size_t at = hash % slots_.size(); !slots_[at].free(); at = (at + 1) % slots_.size()) {
    if (slots_[at].hash != hash || &slots_[at] == own) continue;
    const Stored stored = stored_at(slots_[at].offset());
    const SnapshotEntry& entry = stored.entry;
    // A key counts if it is a customer's number. The uuid of a customer without a number does not count, and neither
    // does a number that only a row names.
    const bool is_number = entry.customer ? entry.customer->reference_number == stored.key
                                          : entry.unreadable && entry.unreadable->code == ambiguous_code;
    if (is_number && without_leading_zeros(stored.key) == without_leading_zeros(key)) return true;
  }
  return false;
}

void CustomerSnapshot::insert(std::string_view key, std::string_view record) {
  if (used_ * 10 >= slots_.size() * 7) grow();
  const std::uint64_t hash = hash_of(key);
  std::size_t at = hash % slots_.size();
  while (!slots_[at].free()) at = (at + 1) % slots_.size();
  slots_[at].hash = hash;
  slots_[at].place = Slot::place_of(written_ + unwritten_.size());
  ++used_;
  append(record);
}

void CustomerSnapshot::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  for (const Slot& slot : old) {
    if (slot.free()) continue;
    std::size_t at = slot.hash % slots_.size();
    while (!slots_[at].free()) at = (at + 1) % slots_.size();
    slots_[at] = slot;
  }
}

void CustomerSnapshot::append(std::string_view record) {
  append_text(unwritten_, record);
  if (unwritten_.size() >= unwritten_max) flush();
}

void CustomerSnapshot::flush() {
  std::string_view rest = unwritten_;
  while (!rest.empty()) {
    const ssize_t n = ::pwrite(descriptor_, rest.data(), rest.size(), static_cast<off_t>(written_));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) throw DurabilityError(name_, "cannot write", n < 0 ? errno : EIO);
    written_ += static_cast<std::uint64_t>(n);
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  unwritten_.clear();
}

// Fills `out` up to the end of the file.
void CustomerSnapshot::read_at(std::uint64_t offset, std::string& out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t n = ::pread(descriptor_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) throw DurabilityError(name_, "cannot read", errno);
    if (n == 0) break;
    done += static_cast<std::size_t>(n);
  }
  out.resize(done);
}

CustomerSnapshot::Stored CustomerSnapshot::stored_at(std::uint64_t offset) {
  constexpr std::size_t usual_bytes = 512;
  std::string bytes;
  std::string_view record;
  if (offset >= written_) {
    record = std::string_view(unwritten_).substr(offset - written_);
  } else {
    bytes.resize(usual_bytes);
    read_at(offset, bytes);
    const std::size_t size = sizeof(std::uint32_t) + size_at(bytes);
    if (size > usual_bytes) {
      bytes.resize(size);
      read_at(offset, bytes);
    }
    record = bytes;
  }
  record = take_text(record);
  const Kind kind = static_cast<Kind>(record.front());
  record.remove_prefix(1);
  Stored stored;
  stored.key = take_text(record);
  if (kind == Kind::unreadable) {
    Reason& reason = stored.entry.unreadable.emplace();
    reason.code = take_text(record);
    reason.text = take_text(record);
    reason.origin = static_cast<Origin>(record.front());
    return stored;
  }
  wonder::Customer& customer = stored.entry.customer.emplace();
  customer.uuid = take_text(record);
  customer.reference_number = take_text(record);
  for (std::string& field : customer.fields) field = take_text(record);
  return stored;
}

}  // namespace amend
