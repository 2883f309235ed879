#include "plan/undo_lock.hpp"

#include <filesystem>

#include "amend/run/log_reading.hpp"

namespace amend {

std::unique_ptr<RunDirectory> lock_run_to_undo(const std::string& run) {
  auto locked = std::make_unique<RunDirectory>(run, Opening::resume);
  refuse_lost_log(run);
  return locked;
}

void mark_undone(const RunDirectory& undone, const std::string& by) {
  undone.write_file(undone_name, std::filesystem::absolute(by).lexically_normal().string() + "\n");
}

}  // namespace amend
