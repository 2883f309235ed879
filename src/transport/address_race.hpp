// Decides which of a host's addresses is tried, and when, so that a dead address costs a fraction of a second. It is
// RFC 8305 (happy eyeballs), with a memory of recent failures. Pure: events and time are arguments.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace amend {

/// The addresses that failed recently.
///
/// Threads: one; it serves all connections of a worker.
class AddressMemory {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds remembered{60};
  /// Beyond this number, the oldest are forgotten.
  static constexpr std::size_t addresses_max = 64;

  void failed(const Endpoint& endpoint, time_point now);
  void worked(const Endpoint& endpoint);
  /// When the address last failed; the epoch: not recently.
  time_point failed_at(const Endpoint& endpoint, time_point now) const noexcept;

 private:
  class Failure {
   public:
    Failure(const Endpoint& endpoint_, time_point at_) : endpoint(endpoint_), at(at_) {}
    Endpoint endpoint;
    time_point at;
  };
  std::vector<Failure> failures_;  // the oldest first
};

/// The resolver's order, with alternating families (RFC 8305 §4). Addresses that failed recently are last, the oldest
/// failure first. Each address occurs once. At most `addresses_max` are returned; the others follow in later openings,
/// after these have failed.
std::vector<AddressMemory::Endpoint> in_race_order(std::span<const AddressMemory::Endpoint> found,
                                                   const AddressMemory& memory, AddressMemory::time_point now);

/// When the attempts of one opening begin and end. Addresses are numbered in the order of the race.
class AddressRace {
 public:
  using time_point = AddressMemory::time_point;

  static constexpr std::size_t addresses_max = 16;
  /// The delay between the starts of two addresses (RFC 8305 §5).
  static constexpr std::chrono::milliseconds stagger{250};
  /// The time for the handshake of a connected address before the next address begins. A handshake costs the server
  /// much, and a slow one does not mean a dead address.
  static constexpr std::chrono::milliseconds handshake_lead{2'000};

  /// `patience` is the time for each address, TCP and TLS together (--connect-timeout).
  AddressRace(std::size_t addresses, std::chrono::milliseconds patience, time_point now) noexcept;

  /// The address that begins now; each is returned once. nullopt: it is too early.
  std::optional<std::size_t> begin(time_point now) noexcept;
  void connected(std::size_t address, time_point now) noexcept;
  void failed(std::size_t address, time_point now) noexcept;
  /// Whether the attempt is running and its time is over.
  bool is_late(std::size_t address, time_point now) const noexcept;
  /// Whether all addresses failed.
  bool lost() const noexcept { return failed_ == addresses_; }
  /// When to call begin() and is_late() again; max(): only after an attempt has ended.
  time_point look_at() const noexcept;

 private:
  enum class State : std::uint8_t { waiting, connecting, connected, failed };
  class Attempt {
   public:
    State state = State::waiting;
    time_point late_at{};
  };
  bool any(State state) const noexcept;

  std::array<Attempt, addresses_max> attempts_{};
  std::size_t addresses_;
  std::size_t begun_ = 0;
  std::size_t failed_ = 0;
  std::chrono::milliseconds patience_;
  time_point next_at_;
};

}  // namespace amend
