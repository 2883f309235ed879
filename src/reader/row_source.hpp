// The common part of the sources of both formats: rows from a ByteFeed, `ready()`, the limit.
//
// Threads: the reader thread. Source: layer 2.
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
  /// `config.encoding` is the encoding from which the feed's bytes were decoded.
  RowSource(ByteFeed feed, const InputConfig& config, EncodingBasis basis);

  ByteFeed& feed() noexcept { return feed_; }

  /// Consumes bytes of the feed. Returns true when the record is complete.
  virtual bool consume(Record& record) = 0;
  /// Called when the input ended. Returns true when that completed a last record.
  virtual bool finish(Record& record) = 0;
  /// Checks and finishes a complete record.
  virtual void complete(Record& record) = 0;

  bool read_row(Record& record);

 private:
  enum class Ahead : std::uint8_t { nothing, part, row, end };

  ByteFeed feed_;
  std::string encoding_;
  EncodingBasis basis_;
  std::uint64_t limit_;
  std::uint64_t rows_ = 0;
  Record ahead_record_;  // what ready() has read
  Ahead ahead_ = Ahead::nothing;
};

/// `start` is the position of the feed's first byte: after a BOM or a `sep=` line.
std::unique_ptr<Source> make_csv_source(ByteFeed feed, const InputConfig& config, EncodingBasis basis, Position start);
std::unique_ptr<Source> make_ndjson_source(ByteFeed feed, const InputConfig& config, EncodingBasis basis,
                                           Position start);

}  // namespace amend
