#include "wonder/routes.hpp"
#include "worker/api_call.hpp"

namespace amend {
namespace {

class UpdateCall final : public ApiCall {
 public:
  UpdateCall(const std::string& path_prefix, Guard guard) : path_prefix_(path_prefix), guard_(guard) {}

  std::string_view method(const RowRef&) const noexcept override { return "PUT"; }
  bool writes(const RowRef&) const noexcept override { return true; }
  void append_target(const RowRef& row, std::string& out) const override {
    wonder::append_customer_target(out, path_prefix_, row.id());
  }
  std::string_view body(const RowRef& row) const noexcept override { return row.body(); }
  wonder::Classification classify(const Response& response, const RowRef& row) override {
    const bool guarded = guard_ == Guard::reference_number;
    return classifier_.classify(
        response, wonder::Expectation(row.id(), row->sends_token, guarded ? std::optional(row.guard()) : std::nullopt));
  }

 private:
  const std::string& path_prefix_;
  Guard guard_;
  wonder::ResponseClassifier classifier_;
};

}  // namespace

std::unique_ptr<ApiCall> make_update_call(const std::string& path_prefix, Guard guard) {
  return std::make_unique<UpdateCall>(path_prefix, guard);
}

}  // namespace amend
