// Reads the rows of an input one after the other, to inspect and compare them, not to send them. Layer 4.
//
// *Threads.* One. *Errors.* ConfigError and InputError, as open_source and Mapper throw them. *Bounds.* One row.
// *Lifetime.* All views and references are valid until the next call of next() or skim(). *Source.* The input file.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "amend/config.hpp"
#include "amend/reader/input_file.hpp"
#include "amend/reader/source.hpp"
#include "amend/row/batch.hpp"
#include "amend/run/journal.hpp"
#include "reader/mapping/mapper.hpp"

namespace amend {

class RowWalk {
 public:
  RowWalk(const InputConfig& input, const MappingConfig& mapping) : RowWalk(InputFile(input.file), input, mapping) {}
  RowWalk(const InputFile& file, const InputConfig& input, const MappingConfig& mapping)
      : source_(open_source(file, input)), mapper_(mapping, source_->format(), source_->header()) {}

  /// Reads and maps the next row. Returns false at the end.
  bool next() {
    if (!skim()) return false;
    map();
    return true;
  }

  /// Reads the next row without mapping it: only its record, its position and its raw bytes are valid.
  bool skim() {
    if (!source_->next(record_)) return false;
    position_ = record_.position();
    return true;
  }
  /// Maps the present row as for sending.
  void map() {
    batch_.clear(std::size_t{1} << 20);
    reason_ = mapper_.map(record_, batch_);
  }

  const Record& record() const noexcept { return record_; }
  /// The position of the present row. After the end it is that of the last row; row 0: there was no row.
  const Position& position() const noexcept { return position_; }
  std::string_view raw() const noexcept { return record_.raw(); }

  /// For a mapped row: why it is rejected, and what would be sent.
  const std::optional<Reason>& reason() const noexcept { return reason_; }
  std::string_view key() const noexcept { return batch_.text(batch_[0].id); }
  std::string_view body() const noexcept { return batch_.text(batch_[0].body); }
  /// The hash of the body.
  std::uint64_t wants() const noexcept { return content_hash(body()); }
  RowRef ref() noexcept { return RowRef(batch_, 0); }

  const Source& source() const noexcept { return *source_; }
  const Mapper& mapper() const noexcept { return mapper_; }

 private:
  std::unique_ptr<Source> source_;
  Mapper mapper_;
  Batch batch_;
  Record record_;
  Position position_;
  std::optional<Reason> reason_;
};

}  // namespace amend
