// Requests made before they are due, so that a signature never delays a planned send. Layer 4.
#pragma once

#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "amend/benchmark/schedule.hpp"
#include "amend/row/request.hpp"
#include "amend/worker/signer.hpp"
#include "benchmark/benchmark_rows.hpp"
#include "worker/api_call.hpp"
#include "worker/entropy.hpp"

namespace amend {

/// All of a request but its planned instant. Its memory is used again.
class MadeRequest {
 public:
  MadeRequest() = default;

  std::size_t row = 0;
  std::string target;
  std::string headers;
};
static_assert(!std::is_aggregate_v<MadeRequest>);

/// Makes one request after the other; for one thread.
class RequestMaker {
 public:
  /// `path_prefix`, `credentials` and `rows` outlive it.
  RequestMaker(const Config& config, const std::string& path_prefix, const Credentials& credentials,
               const BenchmarkRows& rows);

  void make(std::size_t row, MadeRequest& out);
  Request request(const MadeRequest& made) const;
  ApiCall& call() noexcept { return *call_; }
  bool signs_slowly() const noexcept { return signer_->signatures_per_turn() == 1; }

 private:
  const BenchmarkRows& rows_;
  std::unique_ptr<Signer> signer_;
  std::unique_ptr<ApiCall> call_;
  Entropy entropy_;
};

/// The next requests, in order. With signatures that take their time, threads make them, at most `ahead` before they
/// are due and at most so many at once; else they are made when they are asked for.
class RequestsAhead {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds ahead{1'000};
  static constexpr std::size_t capacity_max = 4'096;

  /// `makers`: one, or as many as there shall be threads. `schedule`: nullopt for a closed loop. `wake` is called from
  /// the threads after a front() that was nullptr, once the request is there, or can never be. Throws ThreadError.
  RequestsAhead(std::vector<std::unique_ptr<RequestMaker>> makers, std::size_t rows, std::optional<Schedule> schedule,
                Clock::time_point start, std::size_t at_once, std::function<void()> wake);
  ~RequestsAhead();
  RequestsAhead(const RequestsAhead&) = delete;
  RequestsAhead& operator=(const RequestsAhead&) = delete;

  /// nullptr: it is not made yet. Throws what a thread could not make one for. The sender's thread, as all below.
  const MadeRequest* front();
  void pop();

 private:
  class Slot {
   public:
    MadeRequest request;
    bool made = false;
  };

  void end() noexcept;
  void run(RequestMaker& maker) noexcept;
  void keep_making(RequestMaker& maker);
  bool claim(std::unique_lock<std::mutex>& lock, std::size_t& number);

  std::vector<std::unique_ptr<RequestMaker>> makers_;
  const std::size_t rows_;
  std::optional<Schedule> schedule_;  // of what is claimed next
  const Clock::time_point start_;
  std::function<void()> wake_;
  MadeRequest single_;  // without threads
  bool single_made_ = false;
  std::mutex mutex_;  // guards all below but the requests in claimed slots
  std::condition_variable room_;
  std::vector<Slot> ring_;
  std::size_t claimed_ = 0;
  std::size_t popped_ = 0;
  bool awaited_ = false;
  bool ended_ = false;
  std::exception_ptr error_;
  std::vector<std::jthread> threads_;
};

}  // namespace amend
