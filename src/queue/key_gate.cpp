#include "queue/key_gate.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <functional>
#include <utility>

namespace amend {
namespace {

constexpr std::uint64_t golden_ratio = 0x9E37'79B9'7F4A'7C15;  // spreads keys that are poor hashes
constexpr std::size_t slots_per_entry = 2;                     // at most half of the table is in use

}  // namespace

KeyGate::KeyGate(std::uint32_t capacity, std::uint32_t holds_max)
    : capacity_(capacity),
      holds_max_(holds_max),
      entries_(std::size_t{capacity} + holds_max),
      free_(0),
      job_entry_(capacity, none),
      job_next_(capacity, none) {
  assert(capacity > 0 && entries_.size() <= 1U << 28);
  for (std::uint32_t i = 0; i + 1 < entries_.size(); ++i) entries_[i].first = i + 1;
  expiries_.reserve(entries_.size());
  slots_.reserve(std::bit_ceil(slots_per_entry * entries_.size()));
  spread_over(std::bit_ceil(slots_per_entry * capacity));
}

// Holds are rare. A table with room for all of them would exceed the processor's cache and slow down each row.
void KeyGate::spread_over(std::size_t slots) noexcept {
  slots_.assign(slots, none);
  slot_shift_ = 64U - static_cast<unsigned>(std::bit_width(slots - 1));
  for (std::uint32_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].slot != none) put(i, slot_of(entries_[i].key));
}

std::size_t KeyGate::home_of(std::uint64_t key) const noexcept {
  return static_cast<std::size_t>((key * golden_ratio) >> slot_shift_);
}

// The slot that has, or would have, the key's entry.
std::size_t KeyGate::slot_of(std::uint64_t key) const noexcept {
  std::size_t slot = home_of(key);
  while (slots_[slot] != none && entries_[slots_[slot]].key != key) slot = (slot + 1) & (slots_.size() - 1);
  return slot;
}

void KeyGate::put(std::uint32_t entry, std::size_t slot) noexcept {
  slots_[slot] = entry;
  entries_[entry].slot = static_cast<std::uint32_t>(slot);
}

std::uint32_t KeyGate::add(std::size_t slot, std::uint64_t key) {
  if (slots_per_entry * in_use_ >= slots_.size()) {
    spread_over(2 * slots_.size());
    slot = slot_of(key);
  }
  ++in_use_;
  const std::uint32_t entry = free_;
  Entry& e = entries_[entry];
  free_ = e.first;
  e = Entry();
  e.key = key;
  put(entry, slot);
  return entry;
}

void KeyGate::erase(std::uint32_t entry) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t hole = entries_[entry].slot;
  // An entry after the hole moves up when the hole is between its home and its place. So no tombstones are needed.
  for (std::size_t slot = (hole + 1) & mask; slots_[slot] != none; slot = (slot + 1) & mask) {
    const std::size_t home = home_of(entries_[slots_[slot]].key);
    if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
    put(slots_[slot], hole);
    hole = slot;
  }
  slots_[hole] = none;
  --in_use_;
  entries_[entry].slot = none;
  entries_[entry].first = free_;
  free_ = entry;
}

bool KeyGate::admit(std::uint32_t job, std::uint64_t key) {
  assert(job < capacity_ && job_entry_[job] == none);
  const std::size_t slot = slot_of(key);
  if (slots_[slot] != none) {
    wait(job, slots_[slot]);
    return false;
  }
  const std::uint32_t entry = add(slot, key);
  if (all_held_until_) {
    wait(job, entry);
    close(entry, *all_held_until_);
    return false;
  }
  job_entry_[job] = entry;
  return true;
}

std::optional<std::uint32_t> KeyGate::release(std::uint32_t job, time_point now, time_point hold_until) {
  assert(job < capacity_ && job_entry_[job] != none);
  const std::uint32_t entry = std::exchange(job_entry_[job], none);
  if (hold_until > now) {
    hold(entry, hold_until);
    return std::nullopt;
  }
  if (entries_[entry].first != none) return let_first_through(entry);
  erase(entry);
  return std::nullopt;
}

std::optional<std::uint32_t> KeyGate::expire(time_point now) {
  if (all_held_until_ && *all_held_until_ <= now) all_held_until_.reset();
  while (!expiries_.empty() && entries_[expiries_.front()].until <= now) {
    const std::uint32_t entry = expiries_.front();
    pop_expiry();
    entries_[entry].held = false;
    if (entries_[entry].first != none) return let_first_through(entry);
    --holds_without_jobs_;
    erase(entry);
  }
  return std::nullopt;
}

std::optional<KeyGate::time_point> KeyGate::next_expiry() const noexcept {
  if (expiries_.empty()) return all_held_until_;
  const time_point first = entries_[expiries_.front()].until;
  return all_held_until_ ? std::min(first, *all_held_until_) : first;
}

void KeyGate::hold(std::uint32_t entry, time_point until) {
  const bool waited_for = entries_[entry].first != none;
  if (!waited_for && holds_without_jobs_ == holds_max_) {
    all_held_until_ = std::max(all_held_until_.value_or(until), until);
    erase(entry);
    return;
  }
  if (!waited_for) ++holds_without_jobs_;
  close(entry, until);
}

void KeyGate::close(std::uint32_t entry, time_point until) {
  entries_[entry].held = true;
  entries_[entry].until = until;
  expiries_.push_back(entry);
  std::ranges::push_heap(expiries_, std::greater(), [this](std::uint32_t i) { return entries_[i].until; });
}

void KeyGate::pop_expiry() {
  std::ranges::pop_heap(expiries_, std::greater(), [this](std::uint32_t i) { return entries_[i].until; });
  expiries_.pop_back();
}

void KeyGate::wait(std::uint32_t job, std::uint32_t entry) {
  Entry& e = entries_[entry];
  job_entry_[job] = entry;
  job_next_[job] = none;
  if (e.first == none) {
    if (e.held) --holds_without_jobs_;
    e.first = job;
  } else {
    job_next_[e.last] = job;
  }
  e.last = job;
  ++waiting_;
}

std::uint32_t KeyGate::let_first_through(std::uint32_t entry) {
  Entry& e = entries_[entry];
  const std::uint32_t job = e.first;
  e.first = job_next_[job];
  --waiting_;
  return job;
}

}  // namespace amend
