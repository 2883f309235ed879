// One parsed input row. A Source makes it and the Mapper reads it, both on the reader thread. Layer 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "amend/error.hpp"
#include "amend/row/position.hpp"

namespace amend {

/// The kind of value in a field. A CSV field is always `text`.
enum class FieldKind : std::uint8_t {
  text,    ///< a string, unescaped
  number,  ///< a JSON number, with its characters as written
  null,    ///< a JSON null
  other,   ///< a JSON boolean, array or object: no field of the API accepts one
};

/// A row's fields in one contiguous buffer with field ends, so that a reused record does not allocate.
///
/// Bounds: the row's bytes twice (raw and unescaped) + 12 bytes per field (24 in NDJSON). The memory of the largest row
/// stays.
class Record {
 public:
  Record() = default;

  std::size_t size() const noexcept { return fields_.size(); }
  std::string_view field(std::size_t i) const noexcept { return view(fields_[i]); }
  FieldKind kind(std::size_t i) const noexcept { return fields_[i].kind; }
  /// NDJSON: the member's name, unescaped. CSV records have no names: see Source::header().
  std::string_view name(std::size_t i) const noexcept { return view(names_[i]); }
  bool named() const noexcept { return !names_.empty(); }

  /// The row's bytes as they are in the input (decoded to UTF-8), without the line end. A row that is too large has its
  /// first 4 KiB here.
  const std::string& raw() const noexcept { return raw_; }
  const Position& position() const noexcept { return position_; }
  /// The reason why the row could not be parsed. A row with a fault has no fields and is rejected with this reason.
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

  /// The bytes of the field that is being built. `end_field` ends a field after the bytes appended since the last end.
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
