// The rows of a file, one by one, as the mapper makes them: for looking at, not for sending. Layer 4.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "amend/config.hpp"
#include "amend/reader/mapper.hpp"
#include "amend/reader/source.hpp"
#include "amend/reporter/journal.hpp"
#include "amend/row/batch.hpp"

namespace amend {

class MappedRows final : private BatchOwner {
 public:
  /// Throws ConfigError and InputError as open_source and Mapper do.
  MappedRows(const InputConfig& input, const MappingConfig& mapping)
      : source_(open_source(input)), mapper_(mapping, source_->format(), source_->header()), batch_(*this) {}

  bool next() {
    if (!source_->next(record_)) return false;
    batch_.clear(std::size_t{1} << 20);
    reason_ = mapper_.map(record_, batch_);
    return true;
  }

  const Position& position() const noexcept { return record_.position(); }
  const std::optional<Reason>& reason() const noexcept { return reason_; }  ///< why the row is rejected
  std::string_view raw() const noexcept { return record_.raw(); }
  std::string_view key() const noexcept { return batch_.text(batch_[0].id); }
  std::string_view body() const noexcept { return batch_.text(batch_[0].body); }
  /// Of what the row wants.
  std::uint64_t wants() const noexcept { return content_hash(body()); }
  const Source& source() const noexcept { return *source_; }
  const Mapper& mapper() const noexcept { return mapper_; }

 private:
  void reclaim(Batch*) noexcept override {}

  std::unique_ptr<Source> source_;
  Mapper mapper_;
  Batch batch_;
  Record record_;
  std::optional<Reason> reason_;
};

}  // namespace amend
