#include "report/page/slowest_rows.hpp"

#include <algorithm>

#include "amend/run/log_reading.hpp"

namespace amend::report {

void SlowestRows::add(std::chrono::nanoseconds latency, const JournalRecord& record) {
  ++seen_;
  if (heap_.size() == count_max) {
    if (latency <= heap_.front().latency) return;
    std::ranges::pop_heap(heap_, is_slower);
    heap_.pop_back();
  }
  heap_.emplace_back(latency, seen_, record);
  std::ranges::push_heap(heap_, is_slower);
}

std::vector<SlowRow> SlowestRows::rows() const {
  std::vector<Entry> sorted = heap_;
  std::ranges::sort(sorted, is_slower);
  std::vector<SlowRow> out;
  for (const Entry& entry : sorted) {
    const RecordText text(entry.line);
    SlowRow row;
    row.ms = static_cast<double>(entry.latency.count()) / 1e6;
    row.row = entry.row;
    row.line = text.line;
    row.id = text.id;
    row.status = amend::to_string(entry.status);
    row.http = text.http;
    row.attempts = text.attempts;
    row.request_id = text.request_id;
    row.at = text.at;
    row.error_code = text.error_code;
    out.push_back(std::move(row));
  }
  return out;
}

}  // namespace amend::report
