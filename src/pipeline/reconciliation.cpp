#include "amend/reconciliation.hpp"

#include <algorithm>
#include <atomic>
#include <optional>

#include "amend/reader/mapper.hpp"
#include "amend/reader/preflight.hpp"
#include "amend/reader/source.hpp"
#include "amend/reconcile/comparison.hpp"
#include "amend/reconcile/customer_snapshot.hpp"
#include "amend/reporter/run_directory.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "amend/wonder/routes.hpp"
#include "pipeline/customer_lookup.hpp"
#include "pipeline/pipeline_impl.hpp"
#include "pipeline/plan_writer.hpp"

namespace amend {
namespace {

// A page costs the API far more than one customer does.
constexpr std::uint64_t requests_per_page = 10;
constexpr std::size_t keys_per_lot = 64;

/// For rows that are looked at and let go.
class NoOwner final : public BatchOwner {
 public:
  void reclaim(Batch*) noexcept override {}
};

/// The rows of the file, one by one, as the mapper makes them.
class MappedRows {
 public:
  explicit MappedRows(const Config& config)
      : source_(open_source(config.input)),
        mapper_(config.mapping, source_->format(), source_->header()),
        batch_(owner_) {}

  bool next() {
    if (!source_->next(record_)) return false;
    batch_.clear(std::size_t{1} << 20);
    reason_ = mapper_.map(record_, batch_);
    return true;
  }

  const Update& row() const noexcept { return batch_[0]; }
  const std::optional<Reason>& reason() const noexcept { return reason_; }  ///< why the row is rejected
  std::string_view key() const noexcept { return batch_.text(row().id); }
  std::string_view body() const noexcept { return batch_.text(row().body); }
  const Source& source() const noexcept { return *source_; }
  const Mapper& mapper() const noexcept { return mapper_; }

 private:
  std::unique_ptr<Source> source_;
  Mapper mapper_;
  NoOwner owner_;
  Batch batch_;
  Record record_;
  std::optional<Reason> reason_;
};

}  // namespace

class Reconciliation::Impl {
 public:
  Impl(const Config& config, Credentials credentials)
      : config_((validate(config), config)),
        credentials_(std::move(credentials)),
        comparison_(config.reconcile),
        first_(config_),
        identity_(identify(config_, first_.source())) {
    if (!can_be_read_again(identity_, identity_))
      throw ConfigError("reconcile reads the input twice: it must be a regular file", ExitCode::input);
    const Target target = parse_target(config.target);
    plan_.format = first_.source().format();
    plan_.delimiter = first_.source().delimiter();
    plan_.encoding = first_.source().encoding();
    plan_.mapping = first_.mapper().describe();
    plan_.unknown_columns = first_.mapper().unknown_columns();
    plan_.input_bytes = first_.source().bytes_total();
    plan_.workers = worker_count(config_.pace);
    plan_.host = target.host + ":" + target.port;
    plan_.loopback = target.loopback;
  }

  const Plan& plan() const noexcept { return plan_; }
  const Metrics& metrics() const noexcept { return metrics_; }

  ReconcileReport run(const OnNotice& on_notice) {
    const RunDirectory run(config_.run_directory);
    CustomerSnapshot snapshot(run.path(), first_.mapper().key());
    CustomerLookup lookup(config_, credentials_, snapshot, metrics_, on_notice);
    read_api(lookup, snapshot);
    compare_all(run, snapshot);
    report_.customers = snapshot.customers();
    report_.requests = metrics_.attempts.value();
    return report_;
  }

 private:
  void read_api(CustomerLookup& lookup, CustomerSnapshot& snapshot) {
    report_.look_up = config_.reconcile.look_up;
    if (report_.look_up != LookUp::each) {
      report_.total = lookup.read_first_page();
      if (report_.look_up == LookUp::automatic) report_.look_up = cheaper(report_.total);
    }
    if (report_.look_up == LookUp::each) {
      lookup.read_each(keys_of_rows([](std::string_view) { return true; }));
      return refuse_changed_input();
    }
    report_.list_moved = !lookup.read_other_pages().is_whole();
    if (!report_.list_moved) return;
    // It may lack customers that are there: nobody is called unknown for that.
    lookup.read_each(keys_of_rows([&](std::string_view key) {
      const SnapshotEntry entry = snapshot.find(key);
      const bool missing = !entry.customer && !entry.unreadable;
      report_.looked_up_again += missing ? 1 : 0;
      return missing;
    }));
    refuse_changed_input();
  }

  LookUp cheaper(std::uint64_t total) const {
    if (config_.reconcile.show_missing) return LookUp::list;
    const std::atomic<bool> never{false};
    const std::uint64_t rows = Preflight(config_.input, config_.mapping).run(never).rows;
    const std::uint64_t pages = (total + wonder::Page::limit_max - 1) / wonder::Page::limit_max;
    return pages * requests_per_page <= rows ? LookUp::list : LookUp::each;
  }

  template <class Wanted>
  CustomerLookup::Keys keys_of_rows(Wanted wanted) {
    auto rows = std::make_shared<MappedRows>(config_);
    return [rows, wanted](std::vector<std::string>& keys) {
      while (rows->next()) {
        if (!rows->reason() && wanted(rows->key())) keys.emplace_back(rows->key());
        if (keys.size() == keys_per_lot) return true;
      }
      return false;
    };
  }

  void compare_all(const RunDirectory& run, CustomerSnapshot& snapshot) {
    PlanWriter plan(run);
    MappedRows rows(config_);
    refuse_changed_input();
    while (rows.next()) compare_row(rows, snapshot, plan);
    if (config_.reconcile.show_missing) {
      snapshot.for_each_unasked([&](const wonder::Customer& customer) {
        report_.add(RowSign::only_api);
        plan.add_missing(customer);
      });
    }
    plan.close();
    report_.plan_file = run.path(plan_name);
  }

  void compare_row(const MappedRows& rows, CustomerSnapshot& snapshot, PlanWriter& plan) {
    ++report_.rows;
    PlanRow row(rows.row().position, rows.key());
    if (rows.reason()) return end_row(plan, row, RowSign::unreadable, &*rows.reason());
    const SnapshotEntry entry = snapshot.find(rows.key());
    if (entry.unreadable) return end_row(plan, row, RowSign::unreadable, &*entry.unreadable);
    if (!entry.customer) return end_row(plan, row, RowSign::only_file, nullptr);
    const wonder::Customer& customer = *entry.customer;
    const WantedFields wanted(rows.body());
    const ComparisonResult result = comparison_.compare(wanted, customer);
    note_fields(rows.row().position.row, wanted, customer, result);
    report_.not_compared += result.not_compared.any() ? 1 : 0;
    row.customer = &customer;
    row.differs = result.differs;
    if (!result.same()) row.body = body_to_send(wanted, rows.body(), customer);
    end_row(plan, row, result.same() ? RowSign::same : RowSign::differs, nullptr);
  }

  void end_row(PlanWriter& plan, PlanRow& row, RowSign sign, const Reason* reason) {
    row.sign = sign;
    row.reason = reason;
    report_.add(sign);
    plan.add(row);
  }

  void note_fields(std::uint64_t row, const WantedFields& wanted, const wonder::Customer& customer,
                   const ComparisonResult& result) {
    for (std::size_t i = 0; i < report_.fields.size(); ++i) {
      FieldReport& field = report_.fields[i];
      field.cannot_be_cleared += result.cannot_be_cleared[i] ? 1 : 0;
      if (!result.differs[i]) continue;
      ++field.differs;
      if (field.examples.size() < FieldReport::examples_max)
        field.examples.emplace_back(row, customer.fields[i], *wanted[i]);
    }
  }

  void refuse_changed_input() const {
    if (!can_be_read_again(identity_, identify(config_, first_.source())))
      throw InputError(printable(config_.input.file) + ": changed while it was compared; nothing was planned");
  }

  Config config_;
  Credentials credentials_;
  Comparison comparison_;
  MappedRows first_;  // its header and how it maps
  InputIdentity identity_;
  Plan plan_;
  Metrics metrics_;
  ReconcileReport report_;
};

Reconciliation::Reconciliation(const Config& config, Credentials credentials)
    : impl_(std::make_unique<Impl>(config, std::move(credentials))) {}
Reconciliation::~Reconciliation() = default;
const Plan& Reconciliation::plan() const noexcept { return impl_->plan(); }
ReconcileReport Reconciliation::run(const OnNotice& on_notice) { return impl_->run(on_notice); }
const Metrics& Reconciliation::metrics() const noexcept { return impl_->metrics(); }

}  // namespace amend
