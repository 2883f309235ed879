// A transport without sockets whose server answers every request at once with a success. It allocates nothing per
// request, so that whatever is counted is the worker's.
#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "transport/transport.hpp"

namespace amend::test {

class PromptSession final : public Session {
 public:
  PromptSession(const boost::asio::any_io_executor& executor, std::size_t depth, std::string_view rate_fields,
                const std::function<void()>& answered)
      : woken_(executor), depth_(depth), rate_fields_(rate_fields), answered_(answered) {
    for (auto* side : {&waiting_, &handed_out_}) side->reserve(depth);
    bodies_.resize(2 * depth, body_of(std::string(36, '0')));
  }

  boost::asio::awaitable<Opened> open() override {
    open_ = true;
    co_return Opened();
  }
  std::size_t capacity() const noexcept override { return open_ ? depth_ - waiting_.size() : 0; }
  std::size_t in_flight() const noexcept override { return waiting_.size(); }
  void submit(const Request& request) override {
    std::string& body = bodies_[next_body_++ % bodies_.size()];
    body.replace(before_id.size(), 36, request.target.substr(request.target.size() - 36));
    Response response;
    response.status = 200;
    response.body = body;
    response.date = "Sun, 06 Nov 1994 08:49:37 GMT";
    response.head = rate_fields_;
    response.has_rate_fields = !rate_fields_.empty();
    waiting_.emplace_back(request.tag, response);
  }
  void flush() override { woken_.cancel(); }
  boost::asio::awaitable<Received> next() override {
    constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);
    while (open_ && waiting_.empty()) {
      woken_.expires_at(std::chrono::steady_clock::time_point::max());
      auto waited = co_await woken_.async_wait(token);
      static_cast<void>(waited);
    }
    handed_out_.swap(waiting_);
    waiting_.clear();
    answered_();
    Received received;
    received.responses = handed_out_;
    if (!open_) received.closed = CloseCause::local;
    co_return received;
  }
  void close() override {
    open_ = false;
    woken_.cancel();
  }
  void distrust() override { close(); }
  std::string security() const override { return {}; }
  std::string peer() const override { return "prompt"; }

 private:
  static constexpr std::string_view before_id = R"({"code":200,"message":"ok","data":{"customer":{"uuid":")";
  static std::string body_of(const std::string& id) {
    return std::string(before_id) + id +
           R"(","name":"Ada \"Countess\" Lovelace of the Analytical Engine","reference_number":"M-1",)"
           R"("default_payment_method":"","default_payment_token":{"error_code":"","error_msg":""}}}})";
  }

  boost::asio::steady_timer woken_;
  std::size_t depth_;
  std::string_view rate_fields_;
  const std::function<void()>& answered_;
  bool open_ = false;
  std::vector<TaggedResponse> waiting_;
  std::vector<TaggedResponse> handed_out_;
  std::vector<std::string> bodies_;
  std::size_t next_body_ = 0;
};

class PromptTransport final : public Transport {
 public:
  /// `answered` is called each time a lot of answers is handed to the worker, on the worker's thread.
  PromptTransport(std::size_t depth, std::string rate_fields, std::function<void()> answered)
      : depth_(depth), rate_fields_(std::move(rate_fields)), answered_(std::move(answered)) {}
  std::unique_ptr<Session> make_session(const boost::asio::any_io_executor& executor) override {
    return std::make_unique<PromptSession>(executor, depth_, rate_fields_, answered_);
  }

 private:
  std::size_t depth_;
  std::string rate_fields_;
  std::function<void()> answered_;
};

}  // namespace amend::test
