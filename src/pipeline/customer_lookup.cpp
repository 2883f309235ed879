#include "pipeline/customer_lookup.hpp"

#include <algorithm>
#include <charconv>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "amend/queue/start_thread.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "amend/wonder/routes.hpp"
#include "amend/worker/worker.hpp"
#include "pipeline/equip_worker.hpp"
#include "pipeline/resumption.hpp"
#include "pipeline/watch_run.hpp"

namespace amend {
namespace {

// A page of a thousand customers whose fields are all as long as they may be.
constexpr std::size_t page_bytes_max = 8U << 20;
constexpr std::size_t pages_per_batch = 4;

std::optional<std::uint64_t> total_in(std::string_view head) {
  constexpr auto same = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const std::string_view name = line.substr(0, line.find(':'));
    if (!std::ranges::equal(name, wonder::total_field, same)) continue;
    std::string_view value = line.substr(std::min(line.size(), name.size() + 1));
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    std::uint64_t total = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), total);
    const bool rest_blank = std::all_of(end, value.data() + value.size(), [](char c) { return c == ' ' || c == '\t'; });
    return error == std::errc() && rest_blank ? std::optional(total) : std::nullopt;
  }
  return std::nullopt;
}

/// GET of the target that stands in the row's body: workers need not know what is read.
class ReadCall : public ApiCall {
 public:
  std::string_view method(const RowRef&) const noexcept override { return "GET"; }
  bool writes(const RowRef&) const noexcept override { return false; }
  void append_target(const RowRef& row, std::string& out) const override { out += row.body(); }
  std::string_view body(const RowRef&) const noexcept override { return {}; }
  wonder::Judgement judge(const Response& response, const RowRef& row) override {
    wonder::Judgement judgement = judge_.judge_echo(response);
    return judgement.meaning == wonder::Meaning::success ? take(response, row) : std::move(judgement);
  }

 protected:
  virtual wonder::Judgement take(const Response& response, const RowRef& row) = 0;

 private:
  wonder::AnswerJudge judge_;
};

class ReadCustomerCall final : public ReadCall {
 public:
  ReadCustomerCall(CustomerSnapshot& snapshot, CustomerKey key) : snapshot_(snapshot), key_(key) {}

 private:
  wonder::Judgement take(const Response& response, const RowRef& row) override {
    const auto customer = wonder::read_customer(response.body);
    if (!customer)
      return wonder::Judgement(wonder::Meaning::unusable, "answer.not_customer", "the answer holds no data.customer");
    const bool right =
        key_ == CustomerKey::uuid ? wonder::same_id(customer->uuid, row.id()) : customer->reference_number == row.id();
    if (!right)
      return wonder::Judgement(wonder::Meaning::mismatch, "answer.uuid_mismatch",
                               "the answer is about another customer");
    snapshot_.add(*customer);
    return wonder::Judgement(wonder::Meaning::success);
  }

  CustomerSnapshot& snapshot_;
  CustomerKey key_;
};

/// Shared by the workers that read pages.
class PageTaker {
 public:
  PageTaker(CustomerSnapshot& snapshot, ListTally& tally) : snapshot_(snapshot), tally_(tally) {}

  void take(std::uint64_t total, const std::vector<wonder::Customer>& customers) {
    for (const wonder::Customer& customer : customers) snapshot_.add(customer);
    const std::lock_guard lock(mutex_);
    if (tally_.received == 0) tally_.total = total;
    tally_.moved = tally_.moved || total != tally_.total;
    tally_.received += customers.size();
  }

 private:
  CustomerSnapshot& snapshot_;
  std::mutex mutex_;
  ListTally& tally_;
};

class ReadPageCall final : public ReadCall {
 public:
  explicit ReadPageCall(PageTaker& taker) : taker_(taker) {}

 private:
  wonder::Judgement take(const Response& response, const RowRef&) override {
    const auto customers = wonder::read_customers(response.body);
    if (!customers)
      return wonder::Judgement(wonder::Meaning::unusable, "answer.not_customer", "the answer is no list of customers");
    const auto total = total_in(response.head);
    if (!total)
      return wonder::Judgement(wonder::Meaning::unusable, "answer.not_customer",
                               "the answer does not say how many customers there are (X-Total-Entries)");
    taker_.take(*total, *customers);
    return wonder::Judgement(wonder::Meaning::success);
  }

  PageTaker& taker_;
};

}  // namespace

/// Workers, from the first row of a feed to the last outcome.
class CustomerLookup::Round {
 public:
  using MakeCall = std::function<std::unique_ptr<ApiCall>()>;
  using OnEnd = std::function<void(const Outcome&)>;

  Round(CustomerLookup& lookup, const MakeCall& make_call)
      : config_(lookup.config_),
        metrics_(lookup.metrics_),
        brake_(lookup.brake_),
        on_notice_(lookup.on_notice_),
        started_(lookup.started_),
        control_([this] { wake_all(); }),
        pool_(batches_for(config_.pace)) {
    const std::uint32_t count = worker_count(config_.pace);
    for (std::uint32_t i = 0; i < count; ++i) {
      WorkerSetup setup(config_, control_, brake_, metrics_, outcomes_);
      equip_worker(setup, i, lookup.target_, lookup.credentials_);
      setup.call = make_call();
      workers_.push_back(std::make_unique<Worker>(std::move(setup)));
    }
  }

  RunControl& control() noexcept { return control_; }

  /// Calls `on_end` with each outcome, on a thread of its own. Throws LookupStopped, and ThreadError before anything is
  /// sent.
  void run(const Feed& feed, const OnEnd& on_end) {
    std::jthread reporter;
    std::vector<std::jthread> threads;
    threads.reserve(workers_.size());  // a thread that has no place would be joined while it runs
    {
      std::jthread watch;
      guard(
          [&] {
            reporter = start_thread([&] { guard([&] { take_outcomes(on_end); }, [] {}); });
            for (auto& worker : workers_)
              threads.push_back(
                  start_thread([&] { guard([&] { worker->run(); }, [&] { worker->input().abandon(); }); }));
            watch = start_thread([&](const std::stop_token& over) {
              guard([&] { watch_run(RunWatch(config_, started_), metrics_, brake_, control_, over); }, [] {});
            });
            hand_on(feed);
          },
          [] {});
      for (auto& worker : workers_) worker->input().close_input();
      for (auto& thread : threads) thread.join();
    }
    outcomes_.close();
    if (reporter.joinable()) reporter.join();
    if (error_) std::rethrow_exception(error_);
    if (control_.draining()) throw LookupStopped(control_.text(), exit_code(control_.cause()));
  }

 private:
  void hand_on(const Feed& feed) {
    for (std::size_t next = 0; !control_.draining(); ++next) {
      Batch* const batch = pool_.acquire();
      if (batch == nullptr) return;
      const bool more = feed(*batch);
      if (batch->size() == 0) {
        pool_.reclaim(batch);
      } else {
        metrics_.rows_read.add(batch->size());
        pool_.seal(*batch, std::chrono::steady_clock::now());
        workers_[next % workers_.size()]->input().push(RowRef(*batch, 0));
      }
      if (!more) return;
    }
  }

  void take_outcomes(const OnEnd& on_end) {
    std::vector<Outcome> lot;
    while (outcomes_.pop_all(lot, std::chrono::milliseconds(100))) {
      for (const Outcome& outcome : lot) {
        metrics_.count(outcome.status);
        on_end(outcome);
      }
      lot.clear();
      tell_notices();
    }
    tell_notices();
  }

  void tell_notices() {
    for (const std::string& text : control_.notices(notices_told_)) {
      ++notices_told_;
      on_notice_(text);
    }
  }

  template <class Body, class Unblock>
  void guard(const Body& body, const Unblock& unblock) noexcept {
    try {
      body();
    } catch (...) {
      {
        const std::lock_guard lock(mutex_);
        if (!error_) error_ = std::current_exception();
      }
      control_.stop_now(StopCause::defect, "a stage failed");
      unblock();
      pool_.close();
    }
  }

  void wake_all() noexcept {
    for (auto& worker : workers_) worker->wake();
  }

  const Config& config_;
  Metrics& metrics_;
  Brake& brake_;
  const Reconciliation::OnNotice& on_notice_;
  const std::chrono::steady_clock::time_point started_;
  std::size_t notices_told_ = 0;
  RunControl control_;
  BatchPool pool_;
  OutcomeQueue outcomes_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::mutex mutex_;  // guards error_
  std::exception_ptr error_;
};

namespace {

Config reading_config(Config config) {
  config.pace.canary = CanaryMode::off;
  config.target.answer_bytes_max = page_bytes_max;
  config.deadline.run = time_allowed(config.deadline, std::chrono::system_clock::now());
  return config;
}

void append_row(Batch& batch, std::uint64_t row, std::string_view id, const std::function<void(std::string&)>& target) {
  Update update;
  update.position.row = row;
  std::string& arena = batch.arena();
  std::size_t begin = arena.size();
  arena += id;
  update.id = batch.slice_from(begin);
  update.key = wonder::customer_key(id);
  begin = arena.size();
  target(arena);
  update.body = batch.slice_from(begin);
  batch.push_back(update);
}

}  // namespace

CustomerLookup::CustomerLookup(const Config& config, const Credentials& credentials, CustomerSnapshot& snapshot,
                               Metrics& metrics, Reconciliation::OnNotice on_notice)
    : config_(reading_config(config)),
      credentials_(credentials),
      snapshot_(snapshot),
      key_(snapshot.key()),
      target_(parse_target(config.target)),
      brake_(config_.pace),
      metrics_(metrics),
      on_notice_(std::move(on_notice)) {}

std::uint64_t CustomerLookup::read_first_page() {
  tally_ = ListTally();
  read_pages(wonder::Page(0), 1);
  return tally_.total;
}

// A server may give less than is asked for: then that is what a page is.
ListTally CustomerLookup::read_other_pages() {
  const auto got = static_cast<std::uint32_t>(std::min<std::uint64_t>(tally_.received, wonder::Page::limit_max));
  if (got > 0) read_pages(wonder::Page(got, got), tally_.total);
  tally_.distinct = snapshot_.customers();
  return tally_;
}

void CustomerLookup::read_pages(wonder::Page page, std::uint64_t end) {
  PageTaker taker(snapshot_, tally_);
  Round round(*this, [&] { return std::make_unique<ReadPageCall>(taker); });
  const auto feed = [&](Batch& batch) {
    for (; page.offset < end && batch.size() < pages_per_batch; page.offset += page.limit) {
      append_row(batch, ++rows_asked_, "from " + std::to_string(page.offset),
                 [&](std::string& out) { wonder::append_list_target(out, target_.path_prefix, page); });
    }
    return page.offset < end;
  };
  round.run(feed, [&](const Outcome& outcome) {
    if (outcome.status == Status::success) return;
    const Reason& why = *outcome.reason;
    const bool refused = wonder::meaning_of(outcome.http) == wonder::Meaning::credentials;
    round.control().stop(refused ? StopCause::credentials : StopCause::outage,
                         "a page of the list of customers cannot be read: " + why.code + ": " + why.text);
  });
}

void CustomerLookup::read_each(const Keys& keys) {
  constexpr std::uint16_t not_found = 404;
  Round round(*this, [&] { return std::make_unique<ReadCustomerCall>(snapshot_, key_); });
  std::vector<std::string> lot;
  const auto feed = [&](Batch& batch) {
    lot.clear();
    const bool more = keys(lot);
    for (const std::string& id : lot) {
      append_row(batch, ++rows_asked_, id, [&](std::string& target) {
        if (key_ == CustomerKey::uuid) return wonder::append_customer_target(target, target_.path_prefix, id);
        wonder::append_reference_target(target, target_.path_prefix, id);
      });
    }
    return more;
  };
  round.run(feed, [&](const Outcome& outcome) {
    if (outcome.status == Status::success || outcome.http == not_found) return;
    snapshot_.add_unreadable(outcome.row.id(), *outcome.reason);
  });
}

}  // namespace amend
