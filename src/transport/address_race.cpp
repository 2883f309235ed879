#include "address_race.hpp"

#include <algorithm>

namespace amend {

void AddressMemory::failed(const Endpoint& endpoint, time_point now) {
  worked(endpoint);
  if (failures_.size() == addresses_max) failures_.erase(failures_.begin());
  failures_.emplace_back(endpoint, now);
}

void AddressMemory::worked(const Endpoint& endpoint) {
  std::erase_if(failures_, [&](const Failure& failure) { return failure.endpoint == endpoint; });
}

AddressMemory::time_point AddressMemory::failed_at(const Endpoint& endpoint, time_point now) const noexcept {
  const auto found = std::ranges::find(failures_, endpoint, &Failure::endpoint);
  return found == failures_.end() || now - found->at >= remembered ? time_point{} : found->at;
}

std::vector<AddressMemory::Endpoint> in_race_order(std::span<const AddressMemory::Endpoint> found,
                                                   const AddressMemory& memory, AddressMemory::time_point now) {
  std::vector<AddressMemory::Endpoint> order;
  const auto take_next = [&](bool six) {
    const auto next = std::ranges::find_if(found, [&](const AddressMemory::Endpoint& endpoint) {
      return endpoint.address().is_v6() == six && std::ranges::find(order, endpoint) == order.end();
    });
    if (next == found.end()) return false;
    order.push_back(*next);
    return true;
  };
  bool six = !found.empty() && found.front().address().is_v6();
  while (take_next(six) || take_next(!six)) six = !order.back().address().is_v6();
  std::ranges::stable_sort(order, {}, [&](const auto& endpoint) { return memory.failed_at(endpoint, now); });
  if (order.size() > AddressRace::addresses_max) order.resize(AddressRace::addresses_max);
  return order;
}

AddressRace::AddressRace(std::size_t addresses, std::chrono::milliseconds patience, time_point now) noexcept
    : addresses_(std::min(addresses, addresses_max)), patience_(patience), next_at_(now) {}

std::optional<std::size_t> AddressRace::begin(time_point now) noexcept {
  if (begun_ == addresses_ || now < next_at_) return std::nullopt;
  Attempt& attempt = attempts_[begun_];
  attempt.state = State::connecting;
  attempt.late_at = now + patience_;
  next_at_ = now + stagger;
  return begun_++;
}

void AddressRace::connected(std::size_t address, time_point now) noexcept {
  if (attempts_[address].state != State::connecting) return;
  attempts_[address].state = State::connected;
  next_at_ = std::max(next_at_, now + handshake_lead);
}

void AddressRace::failed(std::size_t address, time_point now) noexcept {
  if (attempts_[address].state == State::failed) return;
  attempts_[address].state = State::failed;
  ++failed_;
  if (!any(State::connected)) next_at_ = now;
}

bool AddressRace::is_late(std::size_t address, time_point now) const noexcept {
  const Attempt& attempt = attempts_[address];
  return (attempt.state == State::connecting || attempt.state == State::connected) && now >= attempt.late_at;
}

AddressRace::time_point AddressRace::look_at() const noexcept {
  time_point at = begun_ < addresses_ ? next_at_ : time_point::max();
  for (std::size_t i = 0; i < begun_; ++i)
    if (attempts_[i].state != State::failed) at = std::min(at, attempts_[i].late_at);
  return at;
}

bool AddressRace::any(State state) const noexcept {
  return std::ranges::any_of(attempts_, [&](const Attempt& attempt) { return attempt.state == state; });
}

}  // namespace amend
