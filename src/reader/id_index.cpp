#include "amend/reader/id_index.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <random>
#include <utility>

namespace amend {
namespace {

constexpr std::size_t chunk_entries = 84;  // with its link, a chunk has 1 KiB
constexpr std::size_t chunks_per_slab = 256;

std::uint64_t load(const char* from) noexcept {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  return word;
}

// Converts eight hexadecimal digits of either case; each result is the low half of a byte. 'a' and 'A' differ from
// their digit's low four bits by 9, and only letters have bit 6.
std::uint64_t digits(std::uint64_t text) noexcept {
  const std::uint64_t letters = (text >> 6) & 0x0101010101010101ULL;
  return (text & 0x0F0F0F0F0F0F0F0FULL) + letters * 9;
}

// Packs sixteen digits without the dashes. Their order does not matter, because it is the same for all ids.
std::uint64_t pack(std::uint64_t a, std::uint64_t b) noexcept { return digits(a) << 4 | digits(b); }

std::uint64_t two_groups(const char* first, const char* second) noexcept {
  std::array<char, 8> text{};
  std::memcpy(text.data(), first, 4);
  std::memcpy(text.data() + 4, second, 4);
  return load(text.data());
}

// SipHash with one round per block and three at the end (Aumasson, Bernstein 2012), in its 128-bit form.
class Sip {
 public:
  explicit Sip(const std::array<std::uint64_t, 2>& key) noexcept
      : a_(key[0] ^ 0x736f6d6570736575ULL),
        b_(key[1] ^ 0x646f72616e646f6dULL ^ 0xee),
        c_(key[0] ^ 0x6c7967656e657261ULL),
        d_(key[1] ^ 0x7465646279746573ULL) {}

  void take(std::uint64_t block) noexcept {
    d_ ^= block;
    round();
    a_ ^= block;
  }
  std::uint64_t first_half() noexcept {
    c_ ^= 0xee;
    return end();
  }
  std::uint64_t second_half() noexcept {
    b_ ^= 0xdd;
    return end();
  }

 private:
  void round() noexcept {
    a_ += b_;
    c_ += d_;
    b_ = std::rotl(b_, 13) ^ a_;
    d_ = std::rotl(d_, 16) ^ c_;
    a_ = std::rotl(a_, 32) + d_;
    c_ += b_;
    b_ = std::rotl(b_, 17) ^ c_;
    d_ = std::rotl(d_, 21) ^ a_;
    c_ = std::rotl(c_, 32);
  }
  std::uint64_t end() noexcept {
    round();
    round();
    round();
    return a_ ^ b_ ^ c_ ^ d_;
  }

  std::uint64_t a_, b_, c_, d_;
};

using Hash = std::pair<std::uint64_t, std::uint64_t>;

Hash end(Sip& sip) noexcept {
  const std::uint64_t first = sip.first_half();
  return {first, sip.second_half()};
}

Hash hash_of_uuid(const std::array<std::uint64_t, 2>& key, std::string_view id) noexcept {
  const char* const at = id.data();
  Sip sip(key);
  sip.take(pack(load(at), two_groups(at + 9, at + 14)));
  sip.take(pack(two_groups(at + 19, at + 24), load(at + 28)));
  sip.take(std::uint64_t{16} << 56);  // SipHash ends in the length
  return end(sip);
}

Hash hash_of_text(const std::array<std::uint64_t, 2>& key, std::string_view text) noexcept {
  Sip sip(key);
  std::string_view rest = text;
  for (; rest.size() >= 8; rest.remove_prefix(8)) sip.take(load(rest.data()));
  std::uint64_t last = static_cast<std::uint64_t>(text.size()) << 56;
  std::memcpy(&last, rest.data(), rest.size());
  sip.take(last);
  return end(sip);
}

// One key for all indexes of the process.
const std::array<std::uint64_t, 2>& random_key() {
  static const std::array<std::uint64_t, 2> key = [] {
    std::random_device source;
    std::array<std::uint64_t, 2> words{};
    for (std::uint64_t& word : words) word = std::uint64_t{source()} << 32 | source();
    return words;
  }();
  return key;
}

}  // namespace

// Buckets grow by chunks, so that growth copies nothing and leaves no holes.
class IdIndex::Chunk {
 public:
  Chunk* before;
  std::array<Entry, chunk_entries> entries;
};

IdIndex::IdIndex(std::size_t bytes_max, CustomerKey names)
    : key_(random_key()), bytes_max_(bytes_max), names_(names), buckets_(std::size_t{1} << bucket_bits) {}
IdIndex::~IdIndex() = default;

std::size_t IdIndex::bytes() const noexcept {
  return slabs_.size() * (chunks_per_slab * sizeof(Chunk)) + slabs_.capacity() * sizeof(slabs_[0]) +
         buckets_.capacity() * sizeof(Bucket);
}

IdIndex::Chunk* IdIndex::take_chunk() {
  if (chunks_left_ == 0) {
    if (bytes_max_ - std::min(bytes_max_, bytes()) < chunks_per_slab * sizeof(Chunk)) return nullptr;
    slabs_.push_back(std::make_unique_for_overwrite<Chunk[]>(chunks_per_slab));
    chunks_left_ = chunks_per_slab;
  }
  return &slabs_.back()[chunks_per_slab - chunks_left_--];
}

bool IdIndex::add(std::string_view id, std::uint64_t row) {
  if (full_) return false;
  const auto [high, hash] = names_ == CustomerKey::uuid ? hash_of_uuid(key_, id) : hash_of_text(key_, id);
  Bucket& bucket = buckets_[high >> (64 - bucket_bits)];
  const std::size_t at = bucket.entries % chunk_entries;
  if (at == 0) {
    Chunk* const chunk = take_chunk();
    full_ = chunk == nullptr;
    if (full_) return false;
    chunk->before = std::exchange(bucket.last, chunk);
  }
  full_ = row > row_max;
  if (full_) return false;
  Entry& entry = bucket.last->entries[at];
  entry.high = static_cast<std::uint32_t>(hash >> 32);
  entry.low = static_cast<std::uint32_t>(hash);
  entry.row = static_cast<std::uint32_t>(row);
  ++bucket.entries;
  ++rows_;
  return true;
}

// Sorts by hash, then by row. The hashes are uniform: a single pass over log2(size) of their bits leaves almost nothing
// to sort.
std::vector<IdIndex::Entry> IdIndex::sorted(const Bucket& bucket) const {
  const auto bits = std::clamp(static_cast<unsigned>(std::bit_width(bucket.entries)), 1U, 20U);
  const auto slot = [bits](const Entry& entry) { return static_cast<std::size_t>(entry.hash() >> (64 - bits)); };
  const auto for_each = [&bucket](auto visit) {
    std::size_t in_chunk = bucket.entries % chunk_entries;
    for (const Chunk* chunk = bucket.last; chunk != nullptr; chunk = chunk->before) {
      const std::size_t count = in_chunk == 0 ? chunk_entries : in_chunk;
      in_chunk = 0;
      for (const Entry& entry : std::span(chunk->entries).first(count)) visit(entry);
    }
  };
  std::vector<std::uint32_t> ends(std::size_t{1} << bits);
  for_each([&](const Entry& entry) { ++ends[slot(entry)]; });
  std::uint32_t begin = 0;
  for (std::uint32_t& end : ends) begin += std::exchange(end, begin);
  std::vector<Entry> entries(bucket.entries);
  for_each([&](const Entry& entry) { entries[ends[slot(entry)]++] = entry; });
  begin = 0;
  for (const std::uint32_t end : ends) {
    if (end - begin > 1) {
      std::sort(entries.begin() + begin, entries.begin() + end, [](const Entry& a, const Entry& b) {
        return a.hash() != b.hash() ? a.hash() < b.hash() : a.row < b.row;
      });
    }
    begin = end;
  }
  return entries;
}

template <class Visit>
void IdIndex::for_each_duplicate(Visit visit) const {
  for (const Bucket& bucket : buckets_) {
    if (bucket.entries < 2) continue;
    const std::vector<Entry> entries = sorted(bucket);
    for (std::size_t begin = 0, end = 0; begin < entries.size(); begin = end) {
      const std::uint64_t hash = entries[begin].hash();
      end = begin + 1;
      while (end < entries.size() && entries[end].hash() == hash) ++end;
      if (end - begin > 1) visit(std::span(entries).subspan(begin, end - begin));
    }
  }
}

DuplicateCount IdIndex::count() const {
  DuplicateCount result;
  result.exact = !full_;
  result.rows_seen = rows_;
  const auto begins_earlier = [](const DuplicateRows& a, const DuplicateRows& b) { return a.first < b.first; };
  for_each_duplicate([&](std::span<const Entry> rows) {
    ++result.ids;
    result.rows += rows.size();
    const DuplicateRows found(rows[0].row, rows[1].row, rows.size());
    result.first.insert(std::ranges::upper_bound(result.first, found, begins_earlier), found);
    if (result.first.size() > DuplicateCount::examples_max) result.first.pop_back();
  });
  return result;
}

RowSet IdIndex::hidden(Duplicates duplicates) const {
  RowSet rows_hidden;
  if (duplicates == Duplicates::order) return rows_hidden;
  for_each_duplicate([&](std::span<const Entry> rows) {
    if (duplicates == Duplicates::last) rows = rows.first(rows.size() - 1);
    if (duplicates == Duplicates::first) rows = rows.subspan(1);
    for (const Entry& entry : rows) rows_hidden.insert(entry.row);
  });
  return rows_hidden;
}

}  // namespace amend
