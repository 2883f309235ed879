#include "transport/event_loop.hpp"

namespace amend {

void run_event_loop(boost::asio::io_context& loop, const std::exception_ptr& failure) {
  loop.run();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace amend
