#include "amend/transport/event_loop.hpp"

#include <boost/system/system_error.hpp>

#include "amend/error.hpp"

namespace amend {

void run_event_loop(boost::asio::io_context& loop, const std::exception_ptr& failure) {
  try {
    loop.run();
    if (failure) std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    // All else that Asio does here tells its errors as values.
    if (error.code() != boost::system::errc::resource_unavailable_try_again) throw;
    throw ThreadError(error.code().message());
  }
}

}  // namespace amend
