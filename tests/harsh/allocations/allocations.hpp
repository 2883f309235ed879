// Counts what this process allocates, whoever asks: operator new, Boost.Asio's aligned blocks and the C library's own
// all end in malloc and its kin, which this program replaces. OpenSSL's are counted apart: a signature allocates inside
// it, and nothing of ours can change that.
//
// To find who allocates: `gdb allocations_test`, break at amend::test::watched_allocation, and look at the stack.
#pragma once

#include <cstdint>
#include <optional>

namespace amend::test {

/// Since the process began, all threads; OpenSSL's not among them.
std::uint64_t allocations() noexcept;
std::uint64_t openssl_allocations() noexcept;

/// While true each allocation of ours passes through watched_allocation().
void watch_allocations(bool on) noexcept;
void watched_allocation() noexcept;

/// None a row: of tens of thousands a few are left, where a buffer grows late, or a thread waits for the first time.
inline constexpr double none_per_row = 0.001;

/// What is allocated while the rows from one to another go by: those before it are the warm-up, in which buffers grow.
class SteadyState {
 public:
  SteadyState(std::uint64_t first, std::uint64_t last) noexcept : first_(first), last_(last) {}

  /// Counts rows that have passed.
  void rows_done(std::uint64_t rows) noexcept {
    if (!begin_ && rows >= first_) {
      begin_ = allocations();
      openssl_begin_ = openssl_allocations();
      begin_row_ = rows;
      watch_allocations(true);
    }
    if (begin_ && !end_ && rows >= last_) {
      watch_allocations(false);
      end_ = allocations();
      openssl_end_ = openssl_allocations();
      end_row_ = rows;
    }
  }

  bool complete() const noexcept { return end_.has_value(); }
  std::uint64_t rows() const noexcept { return end_row_ - begin_row_; }
  std::uint64_t count() const noexcept { return end_.value_or(0) - begin_.value_or(0); }
  double per_row() const noexcept { return static_cast<double>(count()) / static_cast<double>(rows()); }
  std::uint64_t openssl_count() const noexcept { return openssl_end_ - openssl_begin_; }

 private:
  std::uint64_t first_;
  std::uint64_t last_;
  std::optional<std::uint64_t> begin_;
  std::optional<std::uint64_t> end_;
  std::uint64_t openssl_begin_ = 0;
  std::uint64_t openssl_end_ = 0;
  std::uint64_t begin_row_ = 0;
  std::uint64_t end_row_ = 0;
};

}  // namespace amend::test
