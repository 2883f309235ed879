# Writes the commit that is built into a source, if it has changed: cmake -DROOT=SOURCES -DSOURCE=FILE -P commit.cmake
cmake_minimum_required(VERSION 3.25)
set(commit unknown)
# Sources that are not the top of a git repository say nothing about the commit of the one around them.
if(EXISTS ${ROOT}/.git)
  execute_process(COMMAND git -C ${ROOT} describe --always --dirty=-changed --exclude *
    OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit ${described})
  endif()
endif()
file(CONFIGURE OUTPUT ${SOURCE} @ONLY CONTENT "// Written by commit.cmake at each build.
namespace amend::cli {

extern const char* const program_commit;
const char* const program_commit = \"${commit}\";

}  // namespace amend::cli
")
