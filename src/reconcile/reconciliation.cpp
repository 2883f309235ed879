#include "amend/reconciliation.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "amend/run/run_directory.hpp"
#include "amend/wonder/customer_schema.hpp"
#include "plan/plan_writer.hpp"
#include "plan/undo_lock.hpp"
#include "reader/reader.hpp"
#include "reconcile/customer_lookup.hpp"
#include "reconcile/rows_to_look_at.hpp"
#include "reconcile/sent_company_names.hpp"
#include "run/input_identity.hpp"
#include "run/run_place.hpp"
#include "start/input_parts.hpp"
#include "start/late_rows.hpp"
#include "start/run_head.hpp"
#include "wonder/routes.hpp"

namespace amend {
namespace {

// A page costs the API far more than one customer does.
constexpr std::uint64_t requests_per_page = 10;
constexpr std::size_t keys_per_batch = 64;
// A longer wait for requests that may be applied late is shown.
constexpr std::chrono::seconds unshown_wait_max{5};

}  // namespace

class Reconciliation::Impl {
 public:
  Impl(const Config& config, Credentials credentials, Opening opening)
      : opening_(opening),
        undone_(config.does().restores ? lock_run_to_undo(config.reconcile.of_run) : nullptr),
        input_((refuse_one_time_input(config.input.file), config), std::move(credentials)),
        comparison_(config.reconcile) {
    if (config_.run_directory.empty() && !config_.reconcile.of_run.empty())
      config_.run_directory = new_directory_beside(config_.reconcile.of_run);
  }

  const Plan& plan() const noexcept { return parts_.plan; }
  const Metrics& metrics() const noexcept { return metrics_; }

  const InputFindings& look_at_values() {
    if (rows_) return rows_->findings();
    if (opening_ == Opening::start) require_place_for_run(config_);
    return rows_.emplace(parts_).findings();
  }
  void accept_findings() noexcept { config_.input.accept_findings = true; }

  Reconciled run(const OnNotice& on_notice) {
    if (std::exchange(was_run_, true)) throw std::logic_error("the reconciliation was run before");
    look_at_values();
    if (config_.reconcile.company_name == CompanyName::journal) sent_names_.emplace(folder_of_runs(config_), config_);
    run_ = std::make_unique<RunDirectory>(config_.run_directory, opening_);
    config_.run_directory = report_.run_directory = run_->path();
    write_run_json(*run_, config_, parts_.identity, std::chrono::system_clock::now());
    compare(on_notice);
    config_.deadline.run_spent =
        std::chrono::floor<std::chrono::milliseconds>(std::chrono::steady_clock::now() - started_);
    Reconciled reconciled(std::move(input_));
    reconciled.report = report_;
    reconciled.directory = std::move(run_);
    reconciled.undone = std::move(undone_);
    return reconciled;
  }

 private:
  void compare(const OnNotice& on_notice) {
    CustomerSnapshot snapshot(run_->path(), parts_.mapper.key());
    CustomerLookup lookup(config_, parts_.credentials, snapshot, metrics_, on_notice);
    if (const std::string doubt = rows_->doubt(); !doubt.empty()) on_notice(doubt);
    wait_for_late_requests(on_notice);
    read_api(lookup, snapshot, on_notice);
    compare_all(snapshot);
    report_.customers = snapshot.customers();
    report_.requests = metrics_.attempts.value();
  }

  // Until the last request of that run is applied or lost, a value may change right after it was read.
  void wait_for_late_requests(const OnNotice& on_notice) const {
    if (config_.reconcile.of_run.empty()) return;
    const auto until = late_until_of(rows_->ledger()->chain(), config_.deadline.response);
    const auto now = std::chrono::system_clock::now();
    auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    if (wait.count() <= 0) return;
    if (const auto allowed = time_allowed(config_.deadline, now); allowed.count() > 0) wait = std::min(wait, allowed);
    if (wait > unshown_wait_max)
      on_notice("waiting " + std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()) +
                " s: the API may still apply the last requests of " + printable(config_.reconcile.of_run) +
                " (--timeout)");
    std::this_thread::sleep_for(wait);
  }

  void read_api(CustomerLookup& lookup, CustomerSnapshot& snapshot, const OnNotice& on_notice) {
    report_.look_up = chosen_look_up(lookup);
    if (report_.look_up == LookUp::each && !rows_->spot_checks().empty()) check_baseline(lookup, snapshot, on_notice);
    if (report_.look_up == LookUp::each) {
      lookup.read_each(keys_of_rows([&](const RowWalk& rows) { return !rows_->is_spot_check(rows.position().row); }));
      return refuse_changed_input();
    }
    // The list has all customers, so no row needs to be skipped.
    rows_->look_at_all();
    report_.list_moved = !lookup.read_other_pages().is_whole();
    // A list may lack existing customers, for example when others came or went during the reading.
    lookup.read_each(keys_of_rows([&](const RowWalk& rows) {
      const bool missing = snapshot.find(rows.key()).is_missing();
      report_.looked_up_again += missing ? 1 : 0;
      return missing;
    }));
    refuse_changed_input();
  }

  LookUp chosen_look_up(CustomerLookup& lookup) {
    const ReconcileConfig& config = config_.reconcile;
    const bool is_free = config.look_up == LookUp::automatic;
    if (config.look_up == LookUp::each) return LookUp::each;
    // A list costs at least as much as this number of single customers.
    if (is_free && rows_->wanted() <= requests_per_page && !config.show_missing) return LookUp::each;
    if (!has_first_page_) report_.total = lookup.read_first_page();
    has_first_page_ = true;
    return is_free ? cheaper(report_.total, rows_->wanted()) : LookUp::list;
  }

  LookUp cheaper(std::uint64_t total, std::uint64_t wanted) const {
    if (config_.reconcile.show_missing) return LookUp::list;
    const std::uint64_t pages = total / wonder::Page::limit_max + (total % wonder::Page::limit_max > 0 ? 1 : 0);
    return pages <= wanted / requests_per_page ? LookUp::list : LookUp::each;
  }

  // Rows that match the baseline are not compared. A few of them show whether the API still has their values.
  void check_baseline(CustomerLookup& lookup, CustomerSnapshot& snapshot, const OnNotice& on_notice) {
    auto next = rows_->spot_checks().begin();
    lookup.read_each([&](std::vector<std::string>& keys) {
      for (; next != rows_->spot_checks().end() && keys.size() < keys_per_batch; ++next) keys.push_back(next->key);
      return next != rows_->spot_checks().end();
    });
    const auto differ = std::ranges::count_if(rows_->spot_checks(), [&](const SpotCheck& check) {
      const SnapshotEntry entry = snapshot.find(check.key);
      if (entry.is_missing()) return true;
      const WantedFields wanted(check.body);
      return entry.customer && !comparison_.compare(wanted, *entry.customer, not_shown(wanted)).same();
    });
    if (differ == 0) return;
    on_notice("--baseline " + printable(config_.reconcile.baseline) + ": of the " +
              std::to_string(rows_->spot_checks().size()) + " unchanged rows that amend checked, " +
              std::to_string(differ) + " differ from the API or are missing there. Every row is compared");
    rows_->forget_baseline();
    report_.look_up = chosen_look_up(lookup);
  }

  bool is_looked_at(const RowWalk& rows) const {
    return !rows.reason() && !rows_->is_hidden(rows.position().row) && rows_->contains(rows);
  }

  template <class Wanted>
  CustomerLookup::Keys keys_of_rows(Wanted wanted) {
    auto rows = std::make_shared<RowWalk>(parts_.file, config_.input, config_.mapping);
    return [this, rows, wanted](std::vector<std::string>& keys) {
      while (rows->next()) {
        if (is_looked_at(*rows) && wanted(*rows)) keys.emplace_back(rows->key());
        if (keys.size() == keys_per_batch) return true;
      }
      return false;
    };
  }

  void compare_all(CustomerSnapshot& snapshot) {
    PlanWriter plan(*run_);
    RowWalk rows = parts_.rows();
    refuse_changed_input();
    while (rows.next()) compare_row(rows, snapshot, plan);
    if (config_.reconcile.show_missing) {
      snapshot.for_each_unasked([&](const wonder::Customer& customer) {
        report_.signs.add(RowSign::only_api);
        plan.add_missing(customer);
      });
    }
    plan.close();
    report_.plan_file = run_->path(plan_name);
  }

  void compare_row(const RowWalk& rows, CustomerSnapshot& snapshot, PlanWriter& plan) {
    ++report_.rows;
    PlanRow row(rows.position(), content_hash(rows.raw()), rows.key());
    if (config_.does().reads_back && !rows_->contains(rows)) return end_row(plan, row, RowSign::passed_over, nullptr);
    if (rows.reason()) return end_row(plan, row, RowSign::unreadable, &*rows.reason());
    row.wants = rows.wants();
    if (rows_->is_hidden(rows.position().row)) return end_hidden(plan, row, snapshot);
    if (!rows_->contains(rows)) return end_row(plan, row, RowSign::passed_over, nullptr);
    const SnapshotEntry entry = snapshot.find(rows.key());
    report_.other_zeros += entry.other_zeros ? 1 : 0;
    if (entry.other_zeros) return end_row(plan, row, RowSign::unreadable, &other_zeros_);
    if (entry.unreadable) return end_row(plan, row, RowSign::unreadable, &*entry.unreadable);
    if (!entry.customer) return end_row(plan, row, RowSign::only_file, nullptr);
    row.customer = &*entry.customer;
    compare_fields(rows, row, plan);
  }

  void compare_fields(const RowWalk& rows, PlanRow& row, PlanWriter& plan) {
    const wonder::Customer& customer = *row.customer;
    const WantedFields wanted(rows.body());
    const ComparisonResult result = comparison_.compare(wanted, customer, known_same(rows, wanted, customer));
    report_.not_compared += result.not_compared.any() ? 1 : 0;
    row.differs = result.differs;
    if (const auto reason = why_not_undone(rows, customer, result.differs))
      return end_row(plan, row, RowSign::unreadable, &*reason);
    if (!result.same()) {
      row.body = body_to_send(wanted, rows.body(), customer);
      const WantedFields sent(row.body);
      row.overwritten = overwritten(sent, customer);
      row.not_undoable = not_undoable(sent, customer);
    }
    note_fields(row, wanted, result);
    end_row(plan, row, result.same() ? RowSign::same : RowSign::differs, nullptr);
  }

  // Reading a row does not make amend send its company_name again when the baseline has the same row.
  FieldSet known_same(const RowWalk& rows, const WantedFields& wanted, const wonder::Customer& customer) const {
    FieldSet same;
    if (rows_->is_recorded(rows)) return not_shown(wanted);
    const auto sent = sent_names_ ? sent_names_->of(customer.uuid) : std::nullopt;
    if (!sent) return same;
    for (std::size_t i = 0; i < same.size(); ++i)
      same.set(i,
               wonder::customer_fields()[i].name == "company_name" && wanted[i] && content_hash(*wanted[i]) == *sent);
    return same;
  }

  // Another client has written a field after that run. An undo must not overwrite its value.
  std::optional<Reason> why_not_undone(const RowWalk& rows, const wonder::Customer& customer, FieldSet differs) const {
    if (!config_.does().restores) return std::nullopt;
    const RowToUndo undo(rows.raw());
    const FieldSet changed =
        differs & undo.changed_since(rows_->compared_then(), rows_->ledger()->drift(undo.row), customer);
    if (changed.none()) return std::nullopt;
    return Reason("reconcile.changed",
                  "another client changed these fields after the run had sent row " + std::to_string(undo.row) +
                      ", so amend does not restore them: " + names_of(changed),
                  Origin::run);
  }

  void end_hidden(PlanWriter& plan, PlanRow& row, CustomerSnapshot& snapshot) {
    snapshot.find(row.key);  // a row names this customer
    if (config_.input.duplicates != Duplicates::reject) return end_row(plan, row, RowSign::superseded, nullptr);
    const Reason reason = duplicate_customer();
    end_row(plan, row, RowSign::unreadable, &reason);
  }

  void end_row(PlanWriter& plan, PlanRow& row, RowSign sign, const Reason* reason) {
    row.sign = sign;
    row.reason = reason;
    report_.signs.add(sign);
    plan.add(row);
  }

  void note_fields(const PlanRow& row, const WantedFields& wanted, const ComparisonResult& result) {
    for (std::size_t i = 0; i < report_.fields.size(); ++i) {
      FieldReport& field = report_.fields[i];
      field.cannot_be_cleared += result.cannot_be_cleared[i] ? 1 : 0;
      field.cannot_be_undone += row.not_undoable[i] ? 1 : 0;
      if (!result.differs[i]) continue;
      ++field.differs;
      if (field.examples.size() < FieldReport::examples_max)
        field.examples.emplace_back(row.position.row, row.customer->fields[i], *wanted[i]);
    }
  }

  void refuse_changed_input() const {
    if (!parts_.is_as_it_was(rows_->content()))
      throw InputError(printable(config_.input.file) + ": changed while it was compared; no plan was made");
  }

  const Reason other_zeros_{"reconcile.leading_zeros",
                            "another customer's reference_number differs from the row's only by leading zeros",
                            Origin::input};
  const std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  Opening opening_;
  std::unique_ptr<RunDirectory> undone_;
  std::unique_ptr<RunDirectory> run_;
  Input input_;
  Input::Parts& parts_ = input_.parts();  // valid also after run(), which moves the input
  Config& config_ = parts_.config;
  Comparison comparison_;
  std::optional<RowsToLookAt> rows_;
  std::optional<SentCompanyNames> sent_names_;
  Metrics metrics_;
  ReconcileReport report_;
  bool has_first_page_ = false;
  bool was_run_ = false;
};

Reconciliation::Reconciliation(const Config& config, Credentials credentials, Opening opening)
    : impl_(std::make_unique<Impl>(config, std::move(credentials), opening)) {}
Reconciliation::~Reconciliation() = default;
const Plan& Reconciliation::plan() const noexcept { return impl_->plan(); }
const InputFindings& Reconciliation::look_at_values() { return impl_->look_at_values(); }
void Reconciliation::accept_findings() noexcept { impl_->accept_findings(); }
Reconciled Reconciliation::run(const OnNotice& on_notice) { return impl_->run(on_notice); }
const Metrics& Reconciliation::metrics() const noexcept { return impl_->metrics(); }

Config reconcile_config(Config config) {
  config.task = Task::reconcile;
  config.mapping.form = RowForm::partial;
  config.input.duplicates = Duplicates::last;
  return config;
}

}  // namespace amend
