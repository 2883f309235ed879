// Which of a host's addresses is tried, and when: a dead one must cost a fraction of a second, not the run. Pure: told
// what happened and what time it is. RFC 8305 (happy eyeballs), with a memory for what failed lately.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace amend {

/// Addresses that could not be used lately. For all connections of a worker; one thread.
class AddressMemory {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr std::chrono::seconds remembered{60};
  /// More are forgotten, the oldest first.
  static constexpr std::size_t addresses_max = 64;

  void failed(const Endpoint& endpoint, time_point now);
  void worked(const Endpoint& endpoint);
  /// When it last failed; the epoch: not lately.
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

/// The resolver's order with the families in turn (RFC 8305 §4); those that failed lately come last, the longest ago
/// first. Each address once, `addresses_max` at most: further ones have their turn when these have failed.
std::vector<AddressMemory::Endpoint> in_race_order(std::span<const AddressMemory::Endpoint> found,
                                                   const AddressMemory& memory, AddressMemory::time_point now);

/// When the attempts of one opening begin and end. Addresses are numbered in the order of the race.
class AddressRace {
 public:
  using time_point = AddressMemory::time_point;

  static constexpr std::size_t addresses_max = 16;
  /// The next address begins so long after the one before (RFC 8305 §5).
  static constexpr std::chrono::milliseconds stagger{250};
  /// An address that has connected has so long for its handshake before the next one begins: a handshake costs the
  /// server much, and a slow one is not a dead address.
  static constexpr std::chrono::milliseconds handshake_lead{2'000};

  /// `patience`: for each address, TCP and TLS together (--connect-timeout).
  AddressRace(std::size_t addresses, std::chrono::milliseconds patience, time_point now) noexcept;

  /// The address that begins now, once; nullopt: none does yet.
  std::optional<std::size_t> begin(time_point now) noexcept;
  void connected(std::size_t address, time_point now) noexcept;
  void failed(std::size_t address, time_point now) noexcept;
  /// It is under way, and its time is over.
  bool is_late(std::size_t address, time_point now) const noexcept;
  /// All have failed.
  bool lost() const noexcept { return failed_ == addresses_; }
  /// When to look again; max(): when an attempt has ended.
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
