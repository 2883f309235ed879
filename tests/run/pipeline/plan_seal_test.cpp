// A plan that was touched since it was written is refused, whichever byte it is.
#include "plan/plan_seal.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "amend/run/journal.hpp"
#include "plan/plan_reader.hpp"
#include "plan/plan_writer.hpp"
#include "unit/reporter/fixture.hpp"

using namespace amend;
using amend::test::TemporaryDirectory;

namespace {

wonder::Customer holder(const std::string& phone) {
  wonder::Customer customer;
  customer.uuid = "6a1d0f52-6f0e-4d59-9c1b-7a3c1f0e2d44";
  customer.fields[0] = "Ines";
  customer.fields[1] = phone;
  return customer;
}

void write(const std::string& file, const std::string& text) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

// A run directory with a plan of three rows and one customer that no row names.
class SealedPlan {
 public:
  SealedPlan() {
    const wonder::Customer before = holder("1");
    PlanWriter writer(run_);
    for (std::uint64_t row = 1; row <= 3; ++row) {
      const std::string reference = "R-" + std::to_string(row);
      PlanRow planned(Position(row, row + 1, 0), row, reference);
      planned.sign = row == 1 ? RowSign::same : RowSign::differs;
      planned.customer = &before;
      planned.differs = planned.overwritten = FieldSet(row == 1 ? 0 : 0b10);
      planned.body = R"({"name":"Ines","phone":"5"})";
      writer.add(planned);
    }
    writer.add_missing(before);
    writer.close();
    plan = amend::test::content(run_.path(plan_name));
    rollback = amend::test::content(run_.path(rollback_name));
  }

  bool is_refused() const {
    try {
      require_sealed_plan(run_.path());
      return false;
    } catch (const InputError&) {
      return true;
    }
  }
  std::string why() const {
    try {
      require_sealed_plan(run_.path());
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  }
  void with(std::string_view name, const std::string& text) const { write(run_.path(name), text); }
  bool is_refused_with(std::string_view name, const std::string& text) const {
    with(name, text);
    const bool refused = is_refused();
    with(name, name == plan_name ? plan : rollback);
    return refused;
  }
  std::string path(std::string_view name) const { return run_.path(name); }

  std::string plan;
  std::string rollback;

 private:
  TemporaryDirectory directory_;
  RunDirectory run_{directory_ / "run"};
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size(); begin = text.find('\n', begin) + 1)
    lines.push_back(text.substr(begin, text.find('\n', begin) + 1 - begin));
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

}  // namespace

TEST_CASE("plan seal: a plan that is as it was written is accepted, and its last line counts its rows by sign") {
  const SealedPlan sealed;
  CHECK_FALSE(sealed.is_refused());
  const std::vector<std::string> lines = lines_of(sealed.plan);
  REQUIRE(lines.size() == 5);
  CHECK(lines.back().starts_with(R"({"rows":3,"signs":{"=":1,"*":2,"-":1},"rollback_sha256":")"));
}

TEST_CASE("plan seal: each byte of plan.ndjson and of rollback.ndjson counts") {
  const SealedPlan sealed;
  for (const std::string_view name : {plan_name, rollback_name}) {
    const std::string& text = name == plan_name ? sealed.plan : sealed.rollback;
    for (std::size_t at = 0; at < text.size(); ++at) {
      CAPTURE(name);
      CAPTURE(at);
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ (at % 2 == 0 ? 0x20 : 0x01));
      REQUIRE(sealed.is_refused_with(name, changed));
      REQUIRE(sealed.is_refused_with(name, text.substr(0, at)));
      REQUIRE(sealed.is_refused_with(name, text.substr(0, at) + text.substr(at + 1)));
    }
    CHECK(sealed.is_refused_with(name, text + "\n"));
    CHECK(sealed.is_refused_with(name, text + text));
  }
  CHECK_FALSE(sealed.is_refused());
}

TEST_CASE("plan seal: a line that is missing, doubled or moved is refused, and so is a plan without its last line") {
  const SealedPlan sealed;
  for (const std::string_view name : {plan_name, rollback_name}) {
    const std::vector<std::string> lines = lines_of(name == plan_name ? sealed.plan : sealed.rollback);
    for (std::size_t at = 0; at < lines.size(); ++at) {
      CAPTURE(name);
      CAPTURE(at);
      auto missing = lines;
      missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(at));
      CHECK(sealed.is_refused_with(name, joined(missing)));
      auto doubled = lines;
      doubled.insert(doubled.begin() + static_cast<std::ptrdiff_t>(at), lines[at]);
      CHECK(sealed.is_refused_with(name, joined(doubled)));
      auto moved = lines;
      std::swap(moved[at], moved[(at + 1) % moved.size()]);
      CHECK(sealed.is_refused_with(name, joined(moved)));
    }
  }
}

TEST_CASE("plan seal: what does not fit is named by its file and line") {
  const SealedPlan sealed;
  std::vector<std::string> lines = lines_of(sealed.plan);
  lines[2].replace(lines[2].find("\"5\""), 3, "\"7\"");
  sealed.with(plan_name, joined(lines));
  CHECK(sealed.why().find("plan.ndjson: line 3 was changed") != std::string::npos);
  CHECK(sealed.why().find("Reconcile the input file again") != std::string::npos);
  lines = lines_of(sealed.plan);
  lines.pop_back();
  sealed.with(plan_name, joined(lines));
  CHECK(sealed.why().find("plan.ndjson: has no checksum at its end") != std::string::npos);
  std::filesystem::remove(sealed.path(plan_name));
  CHECK(sealed.why().find("plan.ndjson: is missing") != std::string::npos);
  sealed.with(plan_name, sealed.plan);
  std::filesystem::remove(sealed.path(rollback_name));
  CHECK(sealed.why().find("rollback.ndjson: is missing") != std::string::npos);
}

TEST_CASE("plan seal: a line that is changed while the plan is read is noticed before its row is used") {
  const SealedPlan sealed;
  std::vector<std::string> lines = lines_of(sealed.plan);
  lines[1].replace(lines[1].find("\"5\""), 3, "\"7\"");
  sealed.with(plan_name, joined(lines));
  PlanReader reader(sealed.path(plan_name));
  PlannedRow row;
  CHECK(reader.next(row));
  CHECK_THROWS_AS(reader.next(row), InputError);
  sealed.with(plan_name, lines[0]);
  PlanReader cut(sealed.path(plan_name));
  CHECK(cut.next(row));
  CHECK_THROWS_WITH_AS(cut.next(row), doctest::Contains("has no checksum at its end"), InputError);
}
