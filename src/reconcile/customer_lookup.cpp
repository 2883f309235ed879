#include "reconcile/customer_lookup.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <utility>
#include <vector>

#include "amend/wonder/customer_schema.hpp"
#include "transport/field_characters.hpp"
#include "wonder/envelope.hpp"
#include "wonder/gateway_response.hpp"
#include "wonder/routes.hpp"

namespace amend {
namespace {

// A page of 1,000 customers whose fields all have their greatest length.
constexpr std::size_t page_bytes_max = 8U << 20;
constexpr std::uint64_t pages_ahead_max = 8;
constexpr std::size_t not_found_max = 20;  // in a row, before the first customer is found

std::optional<std::uint64_t> total_in(std::string_view head) {
  const std::string_view value = http1::next_value(head, wonder::total_field).value_or(std::string_view());
  std::uint64_t total = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), total);
  return error == std::errc() && end == value.data() + value.size() ? std::optional(total) : std::nullopt;
}

/// GET of the target in the row's body: workers need not know what is read.
class ReadCall : public ApiCall {
 public:
  std::string_view method(const RowRef&) const noexcept override { return "GET"; }
  bool writes(const RowRef&) const noexcept override { return false; }
  void append_target(const RowRef& row, std::string& out) const override { out += row.body(); }
  std::string_view body(const RowRef&) const noexcept override { return {}; }
  wonder::Classification classify(const Response& response, const RowRef& row) override {
    wonder::Classification classification = classifier_.classify_echo(response);
    if (classification.response_class == wonder::ResponseClass::success) classification = take(response, row);
    if (classification.response_class == wonder::ResponseClass::unusable && !wonder::is_api_envelope(response.body))
      classification = wonder::Classification(wonder::ResponseClass::gateway, std::move(classification.code),
                                              wonder::describe_gateway_response(response));
    return classification;
  }

 protected:
  virtual wonder::Classification take(const Response& response, const RowRef& row) = 0;

 private:
  wonder::ResponseClassifier classifier_;
};

class ReadCustomerCall final : public ReadCall {
 public:
  ReadCustomerCall(CustomerSnapshot& snapshot, CustomerKey key) : snapshot_(snapshot), key_(key) {}

 private:
  wonder::Classification take(const Response& response, const RowRef& row) override {
    const auto customer = wonder::read_customer(response.body);
    if (!customer)
      return wonder::Classification(wonder::ResponseClass::unusable, "answer.not_customer",
                                    "the response contains no customer (data.customer)");
    const bool right =
        key_ == CustomerKey::uuid ? wonder::same_id(customer->uuid, row.id()) : customer->reference_number == row.id();
    if (!right)
      return wonder::Classification(wonder::ResponseClass::mismatch, "answer.uuid_mismatch",
                                    "the response is about another customer");
    snapshot_.add(*customer);
    return wonder::Classification(wonder::ResponseClass::success);
  }

  CustomerSnapshot& snapshot_;
  CustomerKey key_;
};

/// All workers that read pages share it.
class PageTaker {
 public:
  PageTaker(CustomerSnapshot& snapshot, ListTally& tally) : snapshot_(snapshot), tally_(tally) {}

  void take(std::uint64_t total, const wonder::CustomerPage& page) {
    std::uint64_t added = page.unreadable;
    for (const wonder::Customer& customer : page.customers) added += snapshot_.add(customer) ? 1 : 0;
    const std::lock_guard lock(mutex_);
    if (tally_.received == 0) tally_.total = total;
    tally_.moved = tally_.moved || total != tally_.total;
    tally_.received += page.customers.size() + page.unreadable;
    tally_.unreadable += page.unreadable;
    tally_.at_its_end = tally_.at_its_end || added == 0;
    if (tally_.a_key.empty() && !page.customers.empty()) tally_.a_key = key_of(page.customers.front());
  }

  bool at_its_end() {
    const std::lock_guard lock(mutex_);
    return tally_.at_its_end;
  }

 private:
  const std::string& key_of(const wonder::Customer& customer) const noexcept {
    return snapshot_.key() == CustomerKey::uuid ? customer.uuid : customer.reference_number;
  }

  CustomerSnapshot& snapshot_;
  std::mutex mutex_;
  ListTally& tally_;
};

/// Limits the pages that are requested at once. Up to this many requests go beyond the last page.
class PageWindow {
 public:
  void asked() noexcept { ++asked_; }
  void ended() noexcept {
    ++ended_;
    moved_.notify_one();
  }
  /// Waits until there is room, or until `is_over`.
  void wait(const std::function<bool()>& is_over) {
    std::unique_lock lock(mutex_);
    while (asked_ - ended_ >= pages_ahead_max && !is_over()) moved_.wait_for(lock, std::chrono::milliseconds(50));
  }

 private:
  std::uint64_t asked_ = 0;
  std::atomic<std::uint64_t> ended_{0};
  std::mutex mutex_;
  std::condition_variable moved_;
};

class ReadPageCall final : public ReadCall {
 public:
  explicit ReadPageCall(PageTaker& taker) : taker_(taker) {}

 private:
  wonder::Classification take(const Response& response, const RowRef&) override {
    const auto page = wonder::read_customers(response.body);
    if (!page)
      return wonder::Classification(wonder::ResponseClass::unusable, "answer.not_customer",
                                    "the response is not a list of customers");
    const auto total = total_in(response.head);
    if (!total)
      return wonder::Classification(wonder::ResponseClass::unusable, "answer.not_customer",
                                    "the response does not contain the number of customers (header X-Total-Entries)");
    taker_.take(*total, *page);
    return wonder::Classification(wonder::ResponseClass::success);
  }

  PageTaker& taker_;
};

Config reading_config(Config config) {
  config.load.canary = CanaryMode::off;
  config.target.response_bytes_max = page_bytes_max;
  config.deadline.run = time_allowed(config.deadline, std::chrono::system_clock::now());
  return config;
}

constexpr std::uint64_t no_end = std::numeric_limits<std::uint64_t>::max();

// A router may answer 404 to any request. So a 404 is believed only from the API, and after the same call has found a
// customer.
bool says_not_found(const Outcome& outcome) noexcept {
  constexpr std::uint16_t not_found = 404;
  return outcome.http == not_found && outcome.reason->origin == Origin::api;
}

Reason no_customer_found() {
  return Reason("reconcile.no_customer_found",
                "HTTP 404, and no look-up by id or reference number has found a customer. Check the path of --url",
                Origin::run);
}

std::string only_not_found() {
  return "the look-up of single customers has found no customer: the API returned HTTP 404 (" +
         std::to_string(not_found_max) +
         " times). Check the path of --url. If these customers are new, use --look-up "
         "list";
}

CustomerLookup::Keys once(std::vector<std::string> keys) {
  return [keys = std::move(keys)](std::vector<std::string>& ids) mutable {
    ids = std::exchange(keys, {});
    return false;
  };
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
      admission_(config_.load),
      metrics_(metrics),
      on_notice_(std::move(on_notice)) {}

// Reads differ from updates: batches go to the workers in turn, and an exception of a stage goes to the caller.
void CustomerLookup::run(Engine& engine, const Feed& feed, const OnEnd& on_end) {
  const auto hand_on = [&] {
    for (std::size_t next = 0; !engine.control().draining(); ++next) {
      Batch* const batch = engine.pool().acquire();
      if (batch == nullptr) return;
      RowRef rows(*batch, 0);  // returns the batch to the pool when it is empty or its feed has thrown
      const bool more = feed(*batch);
      if (batch->size() > 0) {
        metrics_.rows_read.add(batch->size());
        engine.pool().seal(*batch, std::chrono::steady_clock::now());
        engine.inputs()[next % engine.inputs().size()]->push(std::move(rows));
      }
      if (!more) return;
    }
  };
  engine.run(
      hand_on, [&] { take_outcomes(engine, on_end); }, RunWatch(config_, started_));
  if (engine.error()) std::rethrow_exception(engine.error());
  const RunControl& control = engine.control();
  if (control.draining()) throw LookupStopped(control.text(), exit_code(control.cause()));
}

void CustomerLookup::take_outcomes(Engine& engine, const OnEnd& on_end) {
  std::size_t told = 0;
  const auto tell_notices = [&] {
    for (const std::string& text : engine.control().notices(told)) {
      ++told;
      on_notice_(text);
    }
  };
  std::vector<Outcome> outcomes;
  while (engine.outcomes().pop_all(outcomes, std::chrono::milliseconds(100))) {
    for (const Outcome& outcome : outcomes) {
      metrics_.count(outcome.status);
      on_end(outcome);
    }
    outcomes.clear();
    tell_notices();
  }
  tell_notices();
}

std::uint64_t CustomerLookup::read_first_page() {
  tally_ = ListTally();
  read_pages(wonder::Page(0), 1);
  return tally_.total;
}

// A server may return less than requested: that number is then the size of a page. A total that is less than the
// received number is wrong: then the list ends at a page without new customers.
ListTally CustomerLookup::read_other_pages() {
  const auto got = static_cast<std::uint32_t>(std::min<std::uint64_t>(tally_.received, wonder::Page::limit_max));
  if (got > 0) read_pages(wonder::Page(got, got), tally_.received > tally_.total ? no_end : tally_.total);
  tally_.distinct = snapshot_.customers();
  return tally_;
}

// Reads up to `end`, or to a page that has only customers seen before.
void CustomerLookup::read_pages(wonder::Page page, std::uint64_t end) {
  PageTaker taker(snapshot_, tally_);
  PageWindow window;
  Engine engine(config_, credentials_, target_, admission_, metrics_,
                [&] { return std::make_unique<ReadPageCall>(taker); });
  const auto is_over = [&] { return taker.at_its_end() || engine.control().draining(); };
  const auto feed = [&](Batch& batch) {
    window.wait(is_over);
    if (page.offset >= end || is_over()) return false;
    window.asked();
    append_row(batch, ++rows_asked_, "from " + std::to_string(page.offset),
               [&](std::string& out) { wonder::append_list_target(out, target_.path_prefix, page); });
    page.offset += page.limit;
    return page.offset < end;
  };
  run(engine, feed, [&](const Outcome& outcome) {
    window.ended();
    if (outcome.status == Status::success) return;
    const Reason& why = *outcome.reason;
    const bool refused = wonder::class_of(outcome.http) == wonder::ResponseClass::credentials;
    engine.control().stop(refused ? StopCause::credentials : StopCause::outage,
                          "a page of the list of customers cannot be read: " + why.code + ": " + why.text);
  });
}

void CustomerLookup::read_each(const Keys& keys) {
  std::vector<std::string> first;
  const bool more = keys(first);
  if (first.empty()) return;
  // A customer of the list is requested first: it shows whether this call finds any customer.
  if (!found_one_ && !tally_.a_key.empty()) read_round(once({tally_.a_key}));
  read_round([&](std::vector<std::string>& ids) {
    if (first.empty()) return keys(ids);
    ids = std::exchange(first, {});
    return more;
  });
  std::vector<std::string> again = std::exchange(not_found_, {});
  if (again.empty()) return;
  if (found_one_) return read_round(once(std::move(again)));
  for (const std::string& key : again) snapshot_.add_unreadable(key, no_customer_found());
}

void CustomerLookup::read_round(const Keys& keys) {
  Engine engine(config_, credentials_, target_, admission_, metrics_,
                [&] { return std::make_unique<ReadCustomerCall>(snapshot_, key_); });
  std::vector<std::string> ids;
  const auto feed = [&](Batch& batch) {
    ids.clear();
    const bool more = keys(ids);
    for (const std::string& id : ids) {
      append_row(batch, ++rows_asked_, id, [&](std::string& target) {
        if (key_ == CustomerKey::uuid) return wonder::append_customer_target(target, target_.path_prefix, id);
        wonder::append_reference_target(target, target_.path_prefix, id);
      });
    }
    return more;
  };
  run(engine, feed, [&](const Outcome& outcome) {
    if (outcome.status == Status::success) {
      found_one_ = true;
    } else if (!says_not_found(outcome)) {
      snapshot_.add_unreadable(outcome.row.id(), *outcome.reason);
    } else if (!found_one_) {
      not_found_.emplace_back(outcome.row.id());
      if (not_found_.size() == not_found_max) engine.control().stop(StopCause::gateway, only_not_found());
    }
  });
}

}  // namespace amend
