// One parsed input row. Made by a Source, read by the Mapper; both on the reader thread. Layer 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/error.hpp"
#include "amend/row/position.hpp"

namespace amend {

/// What kind of value a field holds. A CSV field is always `text`.
enum class FieldKind : std::uint8_t {
  text,    ///< a string, unescaped
  number,  ///< a JSON number: its characters as written
  null,    ///< a JSON null
  other,   ///< a JSON boolean, array or object: no field of the API can take one
};

/// A row's fields as one contiguous buffer plus field ends, so that a record is reused without allocating.
/// Memory: the row's bytes twice (raw and unescaped) + 12 bytes a field (24 in NDJSON), kept at the largest row seen.
class Record {
 public:
  Record() = default;

  std::size_t size() const noexcept { return fields_.size(); }
  std::string_view field(std::size_t i) const noexcept { return view(fields_[i]); }
  FieldKind kind(std::size_t i) const noexcept { return fields_[i].kind; }
  /// NDJSON: the member's name, unescaped. CSV records carry no names: see Source::header().
  std::string_view name(std::size_t i) const noexcept { return view(names_[i]); }
  bool named() const noexcept { return !names_.empty(); }

  /// The row's bytes as they stand in the input (after decoding to UTF-8), without the line end.
  /// Of a row that is too large: its first 4 KiB.
  const std::string& raw() const noexcept { return raw_; }
  const Position& position() const noexcept { return position_; }
  /// Set when the row could not be parsed: such a row has no fields and is rejected with this reason.
  const std::optional<Reason>& fault() const noexcept { return fault_; }

  void clear() noexcept {
    bytes_.clear();
    raw_.clear();
    fields_.clear();
    names_.clear();
    fault_.reset();
  }
  void set_position(Position position) noexcept { position_ = position; }
  void set_fault(Reason reason) {
    fields_.clear();
    names_.clear();
    bytes_.clear();
    fault_ = std::move(reason);
  }
  std::string& raw() noexcept { return raw_; }

  /// Bytes of the field being built; `end_field` makes all bytes appended since the last end one field.
  std::string& bytes() noexcept { return bytes_; }
  void end_field(FieldKind kind = FieldKind::text) { fields_.push_back(take(kind)); }
  void end_name() { names_.push_back(take(FieldKind::text)); }

 private:
  struct Span {
    std::uint32_t begin;
    std::uint32_t size;
    FieldKind kind;
  };
  std::string_view view(const Span& s) const noexcept { return std::string_view(bytes_).substr(s.begin, s.size); }
  Span take(FieldKind kind) noexcept {
    const auto begin = last_end();
    return Span{begin, static_cast<std::uint32_t>(bytes_.size()) - begin, kind};
  }
  std::uint32_t last_end() const noexcept {
    const std::uint32_t f = fields_.empty() ? 0 : fields_.back().begin + fields_.back().size;
    const std::uint32_t n = names_.empty() ? 0 : names_.back().begin + names_.back().size;
    return f > n ? f : n;
  }

  std::string bytes_;
  std::string raw_;
  std::vector<Span> fields_;
  std::vector<Span> names_;
  Position position_;
  std::optional<Reason> fault_;
};

}  // namespace amend
