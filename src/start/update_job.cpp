#include <utility>

#include "amend/job.hpp"

namespace amend {

Job make_update(Input input, std::function<void()> before_start) {
  Job job(std::move(input));
  job.before_start = std::move(before_start);
  return job;
}

}  // namespace amend
