// What the sources of both formats share: rows out of a ByteFeed, `ready()`, the limit. Layer 2, reader thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "amend/reader/source.hpp"
#include "reader/byte_feed.hpp"

namespace amend {

class RowSource : public Source {
 public:
  bool next(Record& record) final;
  bool ready() final;
  bool wait(std::chrono::milliseconds timeout) final;
  const std::string& encoding() const final { return encoding_; }
  EncodingBasis encoding_basis() const final { return basis_; }
  bool is_utf8_after_all() const final { return feed_.is_utf8_after_all(); }
  std::uint64_t bytes_total() const final { return feed_.bytes_total(); }
  std::uint64_t bytes_read() const final { return feed_.raw_bytes_read().value_or(position().byte); }
  std::optional<ContentRead> content_read() const final { return feed_.content_read(); }

 protected:
  /// `config.encoding` is what the feed's bytes were decoded from.
  RowSource(ByteFeed feed, const InputConfig& config, EncodingBasis basis);

  ByteFeed& feed() noexcept { return feed_; }

  /// Consumes what the feed holds; true when the record is complete.
  virtual bool consume(Record& record) = 0;
  /// The input has ended; true when that completed a last record.
  virtual bool finish(Record& record) = 0;
  /// The record is complete: what is left to be checked or made of it.
  virtual void complete(Record& record) = 0;

  bool read_row(Record& record);

 private:
  enum class Ahead : std::uint8_t { nothing, part, row, end };

  ByteFeed feed_;
  std::string encoding_;
  EncodingBasis basis_;
  std::uint64_t limit_;
  std::uint64_t rows_ = 0;
  Record ahead_record_;  // what ready() has read so far
  Ahead ahead_ = Ahead::nothing;
};

/// `start` is the position of the feed's first byte: behind a BOM or a `sep=` line.
std::unique_ptr<Source> make_csv_source(ByteFeed feed, const InputConfig& config, EncodingBasis basis, Position start);
std::unique_ptr<Source> make_ndjson_source(ByteFeed feed, const InputConfig& config, EncodingBasis basis,
                                           Position start);

}  // namespace amend
