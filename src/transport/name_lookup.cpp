#include "name_lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "amend/error.hpp"
#include "transport/as_result.hpp"

namespace amend {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds late_is_good_for{30};

Names failed(const std::string& host, int code, int system_error, AddressFamily family) {
  const bool unknown = code == EAI_NONAME || code == EAI_NODATA || code == EAI_ADDRFAMILY;
  const std::string only = family == AddressFamily::ipv4 ? ", or it has no IPv4 address (--ipv4 uses IPv4 only)" : "";
  if (unknown) return Names(Opened(OpenError::no_such_host, host + ": no such host" + only));
  const std::string why = code == EAI_SYSTEM ? std::generic_category().message(system_error) : ::gai_strerror(code);
  return Names(Opened(OpenError::unreachable, host + ": the name look-up failed: " + why));
}

std::vector<tcp::endpoint> endpoints_of(const addrinfo* list) {
  std::vector<tcp::endpoint> endpoints;
  for (const addrinfo* entry = list; entry; entry = entry->ai_next) {
    tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    endpoint.resize(entry->ai_addrlen);
    endpoints.push_back(endpoint);
  }
  return endpoints;
}

Names ask_system(const std::string& host, const std::string& port, AddressFamily family) {
  addrinfo wanted{};
  wanted.ai_family = family == AddressFamily::ipv4 ? AF_INET : AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_protocol = IPPROTO_TCP;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), port.c_str(), &wanted, &list);
  if (code != 0) return failed(host, code, errno, family);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);
  return Names(endpoints_of(list));
}

}  // namespace

// The state that both threads share. The thread of the look-up may outlive all other objects.
class NameLookup::Shared : public std::enable_shared_from_this<Shared> {
 public:
  Shared(std::string host, std::string port, AddressFamily family)
      : host_(std::move(host)), port_(std::move(port)), family_(family) {}

  const std::string& host() const noexcept { return host_; }

  void join(const std::shared_ptr<NameWait>& wait) {
    const std::lock_guard lock(mutex_);
    if (late_ && std::chrono::steady_clock::now() < late_until_) return tell(*std::exchange(late_, std::nullopt), wait);
    if (!running_) start();
    waits_.push_back(wait);
  }

  void leave(const std::shared_ptr<NameWait>& wait) noexcept {
    const std::lock_guard lock(mutex_);
    std::erase(waits_, wait);
  }

  std::optional<Names> take(NameWait& wait) {
    const std::lock_guard lock(mutex_);
    return std::exchange(wait.found, std::nullopt);
  }

  void abandon() noexcept {
    const std::lock_guard lock(mutex_);
    waits_.clear();
  }

 private:
  void start() {
    try {
      std::thread([self = shared_from_this()] { self->look_up(); }).detach();
    } catch (const std::system_error& error) {
      throw ThreadError(error.code().message());
    }
    running_ = true;
  }

  void look_up() noexcept {
    try {
      tell_all(ask_system(host_, port_, family_));
    } catch (const std::exception& error) {
      tell_all(Names(Opened(OpenError::unreachable, host_ + ": the name look-up failed: " + error.what())));
    }
  }

  // Called under the mutex, so that no wait, and no loop of a wait, ends before this function.
  void tell_all(const Names& names) {
    const std::lock_guard lock(mutex_);
    running_ = false;
    for (const auto& wait : waits_) tell(names, wait);
    // All waits have ended. Keep the result, so that the next one does not wait again.
    if (waits_.empty()) late_ = names;
    late_until_ = std::chrono::steady_clock::now() + late_is_good_for;
    waits_.clear();
  }

  // The caller owns the mutex.
  static void tell(const Names& names, const std::shared_ptr<NameWait>& wait) {
    wait->found = names;
    asio::post(wait->timer.get_executor(), [wait] { wait->timer.cancel(); });
  }

  const std::string host_;
  const std::string port_;
  const AddressFamily family_;
  std::mutex mutex_;  // guards the members below, and `found` of the waits
  bool running_ = false;
  std::vector<std::shared_ptr<NameWait>> waits_;
  std::optional<Names> late_;  // found when no wait was left
  std::chrono::steady_clock::time_point late_until_{};
};

NameLookup::NameLookup(std::string host, std::string port, AddressFamily family)
    : shared_(std::make_shared<Shared>(std::move(host), std::move(port), family)) {}

NameLookup::~NameLookup() { shared_->abandon(); }

asio::awaitable<Names> NameLookup::find(std::shared_ptr<NameWait> wait, std::chrono::milliseconds limit) {
  class Joined {
   public:
    Joined(Shared& shared, const std::shared_ptr<NameWait>& wait) : shared_(shared), wait_(wait) {
      shared_.join(wait_);
    }
    ~Joined() { shared_.leave(wait_); }
    Joined(const Joined&) = delete;
    Joined& operator=(const Joined&) = delete;

   private:
    Shared& shared_;
    const std::shared_ptr<NameWait>& wait_;
  };
  const auto shared = shared_;
  const Joined joined(*shared, wait);
  wait->timer.expires_after(limit);
  auto woken = co_await wait->timer.async_wait(as_result);
  static_cast<void>(woken);
  std::optional<Names> found = shared->take(*wait);
  if (found) co_return std::move(*found);
  Opened late(OpenError::timeout, shared->host() + ": the name look-up takes longer than " +
                                      std::to_string(limit.count()) + " ms (--connect-timeout)");
  co_return Names(std::move(late));
}

}  // namespace amend
