#include "reader/row_source.hpp"

#include <utility>

#include "reader/mapping/row_faults.hpp"

namespace amend {

RowSource::RowSource(ByteFeed feed, const InputConfig& config, EncodingBasis basis)
    : feed_(std::move(feed)), encoding_(config.encoding), basis_(basis), limit_(config.limit) {}

bool RowSource::next(Record& record) {
  if (limit_ != 0 && rows_ == limit_) return false;
  if (ahead_ == Ahead::end) return false;
  if (ahead_ == Ahead::part) ahead_ = read_row(ahead_record_) ? Ahead::row : Ahead::end;
  if (ahead_ == Ahead::nothing) {
    if (!read_row(record)) return false;
  } else {
    if (ahead_ == Ahead::end) return false;
    std::swap(record, ahead_record_);
    ahead_ = Ahead::nothing;
  }
  complete(record);
  if (record.fault() && record.fault()->code == "input.utf8" && encoding_ != "UTF-8")
    refuse_row(record, row_fault("input.utf8", "the row contains bytes that are not valid in " + encoding_));
  ++rows_;
  return true;
}

bool RowSource::ready() {
  if (limit_ != 0 && rows_ == limit_) return true;
  if (ahead_ == Ahead::row || ahead_ == Ahead::end) return true;
  for (;;) {
    ahead_ = Ahead::part;
    if (consume(ahead_record_)) {
      ahead_ = Ahead::row;
      return true;
    }
    if (!feed_.ready()) return false;
    if (feed_.refill()) continue;
    ahead_ = finish(ahead_record_) ? Ahead::row : Ahead::end;
    return true;
  }
}

bool RowSource::wait(std::chrono::milliseconds timeout) {
  if (ready()) return true;
  return feed_.wait(timeout) && ready();
}

bool RowSource::read_row(Record& record) {
  for (;;) {
    if (consume(record)) return true;
    if (!feed_.refill()) return finish(record);
  }
}

}  // namespace amend
