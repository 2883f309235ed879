#include "pipeline/baseline.hpp"

#include <algorithm>
#include <filesystem>

#include "amend/wonder/customer_schema.hpp"
#include "pipeline/mapped_rows.hpp"
#include "pipeline/sent_rows.hpp"

namespace amend {
namespace {

// No row wants this: its hash is that of an empty body.
std::uint64_t nothing() noexcept { return content_hash({}); }

}  // namespace

Baseline::Baseline(const Config& config, CustomerKey names) : names_(names) {
  const std::string& path = config.reconcile.baseline;
  if (std::filesystem::is_directory(path)) {
    for_each_settled(path, [&](const SettledRow& row) { add(row.key, row.certain ? row.wants : nothing()); });
  } else {
    InputConfig input = config.input;
    input.file = path;
    MappedRows rows(input, config.mapping);
    while (rows.next())
      if (!rows.reason()) add(rows.key(), rows.wants());
  }
  keep_last();
}

void Baseline::add(std::string_view key, std::uint64_t wants) { entries_.emplace_back(hash_of(key), wants); }

void Baseline::keep_last() {
  std::ranges::stable_sort(entries_, {}, &Entry::key);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (i + 1 == entries_.size() || entries_[i + 1].key != entries_[i].key) entries_[kept++] = entries_[i];
  entries_.resize(kept);
}

bool Baseline::has(std::string_view key, std::uint64_t wants) const noexcept {
  const auto found = std::ranges::lower_bound(entries_, hash_of(key), {}, &Entry::key);
  return found != entries_.end() && found->key == hash_of(key) && found->wants == wants;
}

std::uint64_t Baseline::hash_of(std::string_view key) const noexcept {
  return names_ == CustomerKey::uuid ? wonder::customer_key(key) : content_hash(key);
}

}  // namespace amend
