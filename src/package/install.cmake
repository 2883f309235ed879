# Installs the library, its headers, both programs, manual pages, completions and a CMake package: find_package(amend),
# target amend::amend. Components: `programs` is what a package of them holds, `development` the rest.
include(CMakePackageConfigHelpers)

set(amend_package_directory ${CMAKE_INSTALL_LIBDIR}/cmake/amend)

install(TARGETS amend EXPORT amendTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(TARGETS amend-cli wonder-sim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT programs)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/amend DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development
  FILES_MATCHING PATTERN *.hpp)
install(EXPORT amendTargets NAMESPACE amend:: DESTINATION ${amend_package_directory} COMPONENT development)

configure_package_config_file(${PROJECT_SOURCE_DIR}/src/package/amendConfig.cmake.in
  ${PROJECT_BINARY_DIR}/cmake/amendConfig.cmake INSTALL_DESTINATION ${amend_package_directory})
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/cmake/amendConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/cmake/amendConfig.cmake ${PROJECT_BINARY_DIR}/cmake/amendConfigVersion.cmake
  DESTINATION ${amend_package_directory} COMPONENT development)

set(documents ${PROJECT_BINARY_DIR}/documents)
add_custom_command(OUTPUT ${documents}/amend.1
  COMMAND ${CMAKE_COMMAND} -DAMEND=$<TARGET_FILE:amend-cli> -DFOLDER=${documents}
          -P ${PROJECT_SOURCE_DIR}/src/package/documents.cmake
  DEPENDS amend-cli ${PROJECT_SOURCE_DIR}/src/package/documents.cmake
  COMMENT "Manual pages and completions" VERBATIM)
add_custom_target(documents ALL DEPENDS ${documents}/amend.1)
install(DIRECTORY ${documents}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT programs FILES_MATCHING PATTERN *.1)
install(FILES ${documents}/amend.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME amend
  COMPONENT programs)
install(FILES ${documents}/amend.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions RENAME _amend
  COMPONENT programs)
install(FILES ${documents}/amend.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT programs)
install(FILES ${PROJECT_SOURCE_DIR}/README.md ${PROJECT_SOURCE_DIR}/CHANGELOG.md ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT programs)

# cpack -G DEB, cpack -G TGZ: the programs, what belongs to them, and nothing else.
set(CPACK_PACKAGE_NAME amend)
set(CPACK_PACKAGE_VENDOR amend)
set(CPACK_PACKAGE_CONTACT "The amend authors <amend@example.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Brings customer records up to date through Wonder's payment API")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_COMPONENTS_ALL programs)
set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)
set(CPACK_ARCHIVE_PROGRAMS_FILE_NAME amend-${PROJECT_VERSION}-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_PROGRAMS_PACKAGE_NAME amend)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS ca-certificates)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_STRIP_FILES ON)
include(CPack)
