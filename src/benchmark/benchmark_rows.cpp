#include "benchmark/benchmark_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

#include "reader/mapping/mapper.hpp"

namespace amend {
namespace {

class TextInput final : public ByteInput {
 public:
  explicit TextInput(std::string text) : text_(std::move(text)) {}
  std::size_t read(std::span<char> buffer) override {
    const std::size_t size = std::min(buffer.size(), text_.size() - at_);
    std::memcpy(buffer.data(), text_.data() + at_, size);
    at_ += size;
    return size;
  }
  bool ready() override { return true; }

 private:
  std::string text_;
  std::size_t at_ = 0;
};

std::unique_ptr<Source> open_rows(const InputConfig& input, std::uint32_t customers) {
  if (!input.file.empty()) return open_source(input);
  InputConfig made_up;
  made_up.file = "made-up customers";
  made_up.format = Format::csv;
  return make_source(std::make_unique<TextInput>(made_up_customers(customers)), made_up);
}

}  // namespace

std::string made_up_customers(std::uint32_t count) {
  std::string text = "id,name,dial_code,phone,email\n";
  for (std::uint32_t n = 0; n < count; ++n)
    text += fmt::format("be0c0000-0000-4000-8000-{:012x},Bench Customer {},+1,555{:07},bench-{}@example.invalid\n", n,
                        n, n, n);
  return text;
}

BenchmarkRows::BenchmarkRows(const Config& config, std::uint32_t customers) {
  const auto source = open_rows(config.input, customers);
  read(*source, config.input.file.empty() ? MappingConfig() : config.mapping);
}

void BenchmarkRows::read(Source& source, const MappingConfig& mapping) {
  Mapper mapper(mapping, source.format(), source.header());
  Batch& batch = *held_.batch();
  Record record;
  std::string first_fault;
  while (source.next(record)) {
    if (good_.size() == Benchmark::rows_max || batch.bytes() > Benchmark::bytes_max) {
      cut_ = true;
      break;
    }
    const PreparedRow prepared = mapper.prepare(record, batch);
    if (!prepared.reason) {
      good_.push_back(static_cast<std::uint32_t>(batch.size() - 1));
    } else if (rejected_++ == 0) {
      first_fault = fmt::format("row {} (line {}): {}: {}", record.position().row, record.position().line,
                                prepared.reason->code, prepared.reason->text);
    }
  }
  if (!good_.empty()) return;
  throw ConfigError(rejected_ == 0 ? "the input has no rows"
                                   : "amend cannot send any row of the input. The first error: " + first_fault,
                    ExitCode::input);
}

}  // namespace amend
