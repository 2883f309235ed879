// The worker's part of a row: from its input queue over a connection to the outcome.
#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "harsh/allocations/allocations.hpp"
#include "harsh/allocations/prompt_server.hpp"
#include "queue/batch_pool.hpp"
#include "support/simulator.hpp"
#include "worker/worker.hpp"

using namespace amend;
using amend::test::none_per_row;
using amend::test::PromptTransport;
using amend::test::SteadyState;

namespace {

// A worker on this thread: rows are fed and outcomes taken each time it gets answers.
class SendingBench {
 public:
  SendingBench(std::uint64_t rows, SteadyState steady_) : steady(steady_), rows_(rows) {
    config.load.connections = 4;
    config.load.pipeline = 16;
    config.load.rate.interval = std::chrono::nanoseconds(0);
    lot_.reserve(lot_max);
  }

  void run(std::unique_ptr<Signer> signer, std::string rate_fields = {}) {
    AdmissionControl admission(config.load);
    const std::string prefix;
    WorkerSetup setup(config, control_, admission, metrics_, outcomes_);
    setup.connections = config.load.connections;
    setup.transport =
        std::make_unique<PromptTransport>(config.load.pipeline, std::move(rate_fields), [this] { move_on(); });
    setup.signer = std::move(signer);
    setup.call = make_update_call(prefix, Guard::off);
    Worker worker(std::move(setup));
    worker_ = &worker;
    feed();
    worker.run();
    worker_ = nullptr;
    outcomes_.close();
    collect();
    CHECK(succeeded_ == rows_);
    CHECK(steady.complete());
  }

  Config config;
  SteadyState steady;

 private:
  static constexpr std::size_t lot_max = 1024;
  static constexpr std::size_t batches_ahead = 4;

  void move_on() {
    collect();
    feed();
  }
  void collect() {
    outcomes_.pop_all(lot_, std::chrono::milliseconds(0));
    for (const Outcome& outcome : lot_) succeeded_ += outcome.status == Status::success && !outcome.remark;
    lot_.clear();
    steady.rows_done(succeeded_);
  }
  void feed() {
    while (fed_ < rows_ && worker_->input().size() < batches_ahead) {
      Batch* const batch = pool_.try_acquire();
      if (batch == nullptr) return;
      const std::uint64_t end = std::min(rows_, fed_ + rows_per_batch_max);
      while (fed_ < end) append(*batch, ++fed_);
      pool_.seal(*batch, std::chrono::steady_clock::now());
      REQUIRE(worker_->input().push(RowRef(*batch, 0)));
    }
    if (fed_ == rows_) worker_->input().close_input();
  }
  static void append(Batch& batch, std::uint64_t row) {
    char id[] = "1b9d6bcd-bbfd-4b2d-9b5d-000000000000";
    for (std::uint64_t rest = row, at = 35; rest != 0; rest /= 10, --at) id[at] = static_cast<char>('0' + rest % 10);
    Update update;
    update.position = Position(row, row + 1, 0);
    update.id = slice(batch, id);
    update.body = slice(batch, R"({"name":"Ada","phone":"12345678"})");
    update.raw = slice(batch, "a row as it stood in the file, or about as long");
    update.key = row;
    batch.push_back(update);
  }
  static Slice slice(Batch& batch, std::string_view text) {
    const std::size_t begin = batch.arena().size();
    batch.arena() += text;
    return batch.slice_from(begin);
  }

  std::uint64_t rows_;
  std::uint64_t fed_ = 0;
  std::uint64_t succeeded_ = 0;
  BatchPool pool_{16};
  RunControl control_{[] {}};
  Metrics metrics_;
  OutcomeQueue outcomes_;
  std::vector<Outcome> lot_;
  Worker* worker_ = nullptr;
};

wonder::PrivateKey throwaway_key() {
  std::ifstream file(::test::certificates() + "/app.key");
  return wonder::PrivateKey::from_pem(std::string(std::istreambuf_iterator<char>(file), {}));
}

}  // namespace

TEST_CASE("allocations: a worker sends a row and judges its answer without one") {
  SendingBench bench(60'000, SteadyState(10'000, 50'000));
  bench.run(make_null_signer());
  CHECK(bench.steady.per_row() < none_per_row);
}

TEST_CASE("allocations: heeding the server's rate-limit fields, a rate and a concurrency that are found need none") {
  SendingBench bench(60'000, SteadyState(10'000, 50'000));
  bench.config.load.concurrency = Concurrency::adaptive;
  bench.run(make_null_signer(), "RateLimit-Policy: \"a\";q=1000000;w=1\r\nRateLimit: \"a\";r=900000;t=1\r\n");
  CHECK(bench.steady.per_row() < none_per_row);
}

TEST_CASE("allocations: signing a row needs none but OpenSSL's own") {
  SendingBench bench(2'000, SteadyState(1'000, 1'800));
  bench.run(make_wonder_signer("d900da8b-6e16-4a85-8a66-05d29ac53f24", throwaway_key()));
  CHECK(bench.steady.count() < 10);
  MESSAGE("OpenSSL's own: " << bench.steady.openssl_count() / bench.steady.rows() << " a signature");
}
