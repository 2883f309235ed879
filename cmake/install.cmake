# Installs the library, its headers, both programs and a CMake package: find_package(amend), target amend::amend.
include(CMakePackageConfigHelpers)

set(amend_package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/amend)

install(TARGETS amend EXPORT amendTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(TARGETS amend-cli wonder-sim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/amend DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.hpp)
install(EXPORT amendTargets NAMESPACE amend:: DESTINATION ${amend_package_directory})

configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/amendConfig.cmake.in
  ${PROJECT_BINARY_DIR}/cmake/amendConfig.cmake INSTALL_DESTINATION ${amend_package_directory})
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/amendConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cmake/amendConfig.cmake ${PROJECT_BINARY_DIR}/cmake/amendConfigVersion.cmake
  DESTINATION ${amend_package_directory})
