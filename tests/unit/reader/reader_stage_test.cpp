// The reader as a stage: rows become batches in the queue of the worker that owns their customer.
#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "reader/mapping/mapper.hpp"
#include "reader/reader.hpp"

using namespace amend;
using namespace std::chrono_literals;

namespace {

// Bytes that arrive when the test decides, as from an operator who types.
class TypedInput {
 public:
  void type(const std::string& text) {
    const std::lock_guard lock(mutex_);
    text_ += text;
    changed_.notify_all();
  }
  void end(std::string error = {}) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    error_ = std::move(error);
    changed_.notify_all();
  }
  std::unique_ptr<ByteInput> input() { return std::make_unique<Input>(*this); }

 private:
  class Input final : public ByteInput {
   public:
    explicit Input(TypedInput& typed) : typed_(typed) {}
    std::size_t read(std::span<char> buffer) override {
      std::unique_lock lock(typed_.mutex_);
      typed_.changed_.wait(lock, [this] { return typed_.something(); });
      if (typed_.text_.empty() && !typed_.error_.empty()) throw InputError(typed_.error_);
      const std::size_t size = std::min(buffer.size(), typed_.text_.size());
      std::memcpy(buffer.data(), typed_.text_.data(), size);
      typed_.text_.erase(0, size);
      return size;
    }
    bool ready() override {
      const std::lock_guard lock(typed_.mutex_);
      return typed_.something();
    }
    bool wait(std::chrono::milliseconds timeout) override {
      std::unique_lock lock(typed_.mutex_);
      return typed_.changed_.wait_for(lock, timeout, [this] { return typed_.something(); });
    }

   private:
    TypedInput& typed_;
  };
  bool something() const { return ended_ || !text_.empty(); }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string text_;
  std::string error_;
  bool ended_ = false;
};

InputConfig csv() {
  InputConfig config;
  config.file = "typed.csv";
  return config;
}

std::string typed_uuid(unsigned n) {
  std::string digits = std::to_string(n);
  return "00000000-0000-4000-8000-" + std::string(12 - digits.size(), '0') + digits;
}
std::string typed_line(unsigned n) { return typed_uuid(n) + ",Ada,1\r\n"; }
const std::string typed_header = "id,name,phone\r\n";

ReaderRules rules_of(OnRejected on_rejected, const RowSet* hidden = nullptr,
                     Duplicates duplicates = Duplicates::order) {
  ReaderRules rules;
  rules.on_rejected = on_rejected;
  rules.selection = RowSelection(nullptr, nullptr, hidden, duplicates);
  return rules;
}

// A reader with `workers` queues, its rows to be taken by the test.
class ReaderBench {
 public:
  explicit ReaderBench(std::size_t workers, std::size_t batches = 8, const ReaderRules& rules = ReaderRules())
      : pool(batches) {
    typed.type(typed_header);
    source = make_source(typed.input(), csv());
    mapper = std::make_unique<Mapper>(MappingConfig(), Format::csv, source->header());
    std::vector<BoundedQueue<RowRef>*> all;
    for (std::size_t i = 0; i < workers; ++i) {
      queues.push_back(std::make_unique<BoundedQueue<RowRef>>(64, [this] { wake(); }));
      all.push_back(queues.back().get());
    }
    reader = std::make_unique<Reader>(*source, *mapper, pool, all, outcomes, control, metrics, rules);
  }

  // The next batch of a queue; waits for it. An empty one: the queue is drained.
  RowRef take(std::size_t queue) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (auto batch = queues[queue]->try_pop()) return std::move(*batch);
      if (queues[queue]->drained()) return RowRef();
      REQUIRE(woken_.wait_for(lock, 20s, [this] { return std::exchange(wake_, false); }));
    }
  }
  std::vector<Outcome> take_outcomes() {
    std::vector<Outcome> received;
    outcomes.pop_all(received, 0ms);
    return received;
  }
  std::size_t outcomes_waiting() { return take_outcomes().size(); }

  TypedInput typed;
  std::unique_ptr<Source> source;
  std::unique_ptr<Mapper> mapper;
  BatchPool pool;
  std::vector<std::unique_ptr<BoundedQueue<RowRef>>> queues;
  OutcomeQueue outcomes;
  RunControl control{[] {}};
  Metrics metrics;
  std::unique_ptr<Reader> reader;

 private:
  void wake() {
    const std::lock_guard lock(mutex_);
    wake_ = true;
    woken_.notify_one();
  }
  std::mutex mutex_;
  std::condition_variable woken_;
  bool wake_ = false;
};

}  // namespace

TEST_CASE("reader: rows are on their way before the input ends, when the next ones keep us waiting") {
  ReaderBench bench(1);
  std::thread thread([&] { bench.reader->run(); });
  bench.typed.type(typed_line(1) + typed_line(2));
  std::size_t rows = 0;
  while (rows < 2) rows += bench.take(0).batch()->size();
  bench.typed.type(typed_line(3).substr(0, 20));  // half a row does not count
  bench.typed.type(typed_line(3).substr(20));
  CHECK(bench.take(0).batch()->size() == 1);
  bench.typed.end();
  CHECK_FALSE(bench.take(0));
  thread.join();
  CHECK(bench.metrics.rows_read.value() == 3);
  CHECK(bench.pool.outstanding() == 0);
}

TEST_CASE("reader: all rows of a customer go to one worker, in the order of the file; no row is lost") {
  ReaderBench bench(3, 64);
  for (unsigned n = 0; n < 1'000; ++n) bench.typed.type(typed_line(n % 70));
  bench.typed.end();
  bench.reader->run();
  std::map<std::string, std::size_t> owner;
  std::set<std::uint64_t> rows;
  for (std::size_t queue = 0; queue < 3; ++queue) {
    std::uint64_t last = 0;
    while (const RowRef batch = bench.take(queue)) {
      CHECK(batch.batch()->size() <= rows_per_batch_max);
      for (std::uint32_t i = 0; i < batch.batch()->size(); ++i) {
        const RowRef row(*batch.batch(), i);
        CHECK(row->position.row > last);
        last = row->position.row;
        rows.insert(last);
        CHECK(owner.emplace(std::string(row.id()), queue).first->second == queue);
      }
    }
  }
  CHECK(rows.size() == 1'000);
  CHECK(bench.reader->rows_dropped() == 0);
}

TEST_CASE("reader: a rejected row goes straight to the log, and the good ones around it to their worker") {
  ReaderBench bench(2);
  bench.typed.type(typed_line(1) + "no-uuid,Ada,1\r\n" + typed_line(2) + "\"unclosed,Ada,1\r\n");
  bench.typed.end();
  bench.reader->run();
  CHECK(bench.outcomes_waiting() == 2);
  CHECK(bench.metrics.rows_read.value() == 4);
}

TEST_CASE("reader: with --strict the first rejected row stops the run, and rows before it are not lost") {
  ReaderBench bench(1, 8, rules_of(OnRejected::stop));
  bench.typed.type(typed_line(1) + "no-uuid,Ada,1\r\n" + typed_line(2));
  bench.typed.end();
  bench.reader->run();
  CHECK(bench.control.cause() == StopCause::strict);
  CHECK(bench.control.text().find("row 2 (line 3)") != std::string::npos);
  CHECK(bench.outcomes_waiting() == 1);
  CHECK(bench.take(0).batch()->size() == 2);
}

TEST_CASE("reader: a row that another one of its customer stands for is told, keeps its id, and is not sent") {
  RowSet rows;
  rows.insert(1);
  rows.insert(3);
  rows.insert(4);
  ReaderBench bench(2, 8, rules_of(OnRejected::stop, &rows, Duplicates::last));
  bench.typed.type(typed_line(1) + typed_line(2) + typed_line(1) + typed_line(5) + typed_line(1));
  bench.typed.end();
  bench.reader->run();
  const auto outcomes = bench.take_outcomes();
  REQUIRE(outcomes.size() == 3);
  for (const Outcome& outcome : outcomes) {
    CHECK(outcome.status == Status::superseded);
    CHECK(outcome.reason == nullptr);
    CHECK(outcome.row.body().empty());
    CHECK(std::string(outcome.row.raw()) + "\r\n" == typed_line(outcome.row->position.row == 4 ? 5 : 1));
    CHECK(outcome.row.id() == typed_uuid(outcome.row->position.row == 4 ? 5 : 1));
  }
  std::vector<std::uint64_t> sent;
  for (std::size_t queue = 0; queue < 2; ++queue)
    while (const RowRef batch = bench.take(queue))
      for (std::uint32_t i = 0; i < batch.batch()->size(); ++i)
        if (const RowRef row(*batch.batch(), i); !row.body().empty()) sent.push_back(row->position.row);
  std::ranges::sort(sent);
  CHECK(sent == std::vector<std::uint64_t>{2, 5});
  CHECK(bench.metrics.rows_read.value() == 5);
  CHECK(bench.reader->rows_dropped() == 0);
  CHECK(bench.control.cause() == StopCause::none);
}

TEST_CASE("reader: --duplicates reject refuses all rows of a customer; one that is bad anyway keeps its own reason") {
  RowSet rows;
  rows.insert(1);
  rows.insert(2);
  rows.insert(3);
  ReaderBench bench(1, 8, rules_of(OnRejected::record, &rows, Duplicates::reject));
  bench.typed.type(typed_line(1) + "no-uuid,Ada,1\r\n" + typed_line(1) + typed_line(2));
  bench.typed.end();
  bench.reader->run();
  const auto outcomes = bench.take_outcomes();
  REQUIRE(outcomes.size() == 3);
  for (const Outcome& outcome : outcomes) {
    CHECK(outcome.status == Status::rejected);
    REQUIRE(outcome.reason);
    CHECK(outcome.reason->origin == Origin::input);
    CHECK(outcome.reason->code == (outcome.row->position.row == 2 ? "input.id.not_uuid" : "input.id.duplicate"));
  }
}

TEST_CASE("reader: a batch of nothing but hidden rows goes to no worker and comes back") {
  RowSet rows;
  rows.insert(1);
  ReaderBench bench(1, 8, rules_of(OnRejected::record, &rows, Duplicates::first));
  bench.typed.type(typed_line(1));
  bench.typed.end();
  bench.reader->run();
  CHECK(bench.outcomes_waiting() == 1);
  CHECK_FALSE(bench.take(0));
  CHECK(bench.pool.outstanding() == 0);
}

TEST_CASE("reader: a read error in the middle stops the run and is never taken for the end") {
  ReaderBench bench(1);
  bench.typed.type(typed_line(1));
  bench.typed.end("the disk is gone");
  bench.reader->run();
  CHECK(bench.control.cause() == StopCause::input_failed);
  CHECK(bench.control.text().find("the disk is gone") != std::string::npos);
  CHECK(bench.take(0).batch()->size() == 1);
  CHECK_FALSE(bench.take(0));
}

TEST_CASE("reader: a stop is noticed while the input is silent") {
  ReaderBench bench(1);
  bench.typed.type(typed_line(1));
  std::thread thread([&] { bench.reader->run(); });
  CHECK(bench.take(0).batch()->size() == 1);
  bench.control.stop(StopCause::interrupted, "");
  thread.join();
  CHECK_FALSE(bench.take(0));
}

TEST_CASE("reader: with no batch free it waits, having handed on what it holds, and goes on when one comes back") {
  ReaderBench bench(2, 2);  // fewer batches than rows need
  for (unsigned n = 0; n < 600; ++n) bench.typed.type(typed_line(n));
  bench.typed.end();
  std::thread thread([&] { bench.reader->run(); });
  std::size_t rows = 0;
  while (rows < 600) {
    for (auto& queue : bench.queues)
      while (const auto batch = queue->try_pop()) rows += batch->batch()->size();
  }
  thread.join();
  CHECK(rows == 600);
  CHECK(bench.pool.outstanding() == 0);
}

TEST_CASE("reader: a stop while it waits for a batch ends it, and the row in its hands is counted") {
  ReaderBench bench(1, 1);
  for (unsigned n = 0; n < 200; ++n) bench.typed.type(typed_line(n));
  bench.typed.end();
  std::thread thread([&] { bench.reader->run(); });
  const RowRef held = bench.take(0);  // the only batch there is
  const std::size_t taken = held.batch()->size();
  bench.control.stop(StopCause::interrupted, "");
  bench.pool.close();
  thread.join();
  std::uint64_t accounted = taken + bench.reader->rows_dropped();
  while (const RowRef more = bench.take(0)) accounted += more.batch()->size();
  CHECK(accounted == bench.metrics.rows_read.value());
}
