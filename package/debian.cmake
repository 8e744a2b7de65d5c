# The four Debian packages: what they are called, depend on and say of themselves.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_DEBUGINFO_PACKAGE ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/debian/finish.cmake)
set(CPACK_POST_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/debian/symbols.cmake)
set(debian_version ${PROJECT_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE})
set(debian_library libquotecache${PROJECT_VERSION_MAJOR})

# quotecached_package(COMPONENT NAME SECTION SUMMARY TEXT)
function(quotecached_package component name section summary text)
  string(TOUPPER ${component} id)
  set(CPACK_DEBIAN_${id}_PACKAGE_NAME ${name} PARENT_SCOPE)
  set(CPACK_DEBIAN_${id}_PACKAGE_SECTION ${section} PARENT_SCOPE)
  set(CPACK_DEBIAN_${id}_DESCRIPTION "${summary}\n${text}" PARENT_SCOPE)
endfunction()

quotecached_package(daemon quotecached net "credit-saving cache in front of a metered crypto price API"
  "quotecached stands between programs and the CoinMarketCap Pro API, answers
as that does, and buys as much freshness as each credit can.
.
Contains the daemon, its systemd units and its settings.")
quotecached_package(command quotecache net "command for quotecached: prices, credits, purges"
  "quotecache asks a running quotecached for prices by any name, shows what
credits bought, warms and purges its cache.")
quotecached_package(library ${debian_library} libs "client library of quotecached (shared library)"
  "libquotecache asks several daemons for quotes by any name, with failover,
subscriptions and errors that are values.")
quotecached_package(sdk libquotecache-dev libdevel "client library of quotecached (development files)"
  "Headers, the static library, a CMake package, a pkg-config file and examples
for programs that ask quotecached for quotes.")

# The warm unit runs the command.
set(CPACK_DEBIAN_DAEMON_PACKAGE_DEPENDS "quotecache (= ${debian_version})")
set(CPACK_DEBIAN_DAEMON_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_DAEMON_PACKAGE_SUGGESTS "redis-server, memcached, sqlite3")
# The static library needs at link time what the shared one carries in itself.
set(CPACK_DEBIAN_SDK_PACKAGE_DEPENDS "${debian_library} (= ${debian_version})")
set(CPACK_DEBIAN_SDK_PACKAGE_SUGGESTS "libcurl4-openssl-dev, libsimdjson-dev")

foreach(script postinst prerm postrm conffiles)
  list(APPEND CPACK_DEBIAN_DAEMON_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_SOURCE_DIR}/debian/${script})
endforeach()
# Before 1.0 the soname has the minor version, which the package's name has not: this says it instead.
get_target_property(soversion quotecached_client_shared SOVERSION)
if(PROJECT_VERSION_MAJOR EQUAL 0)
  math(EXPR next_minor "${PROJECT_VERSION_MINOR} + 1")
  set(end_of_abi 0.${next_minor}~)
else()
  math(EXPR next_major "${PROJECT_VERSION_MAJOR} + 1")
  set(end_of_abi ${next_major}~)
endif()
configure_file(debian/shlibs.in shlibs @ONLY)
set(CPACK_DEBIAN_LIBRARY_PACKAGE_CONTROL_EXTRA
  ${CMAKE_CURRENT_BINARY_DIR}/shlibs ${CMAKE_CURRENT_SOURCE_DIR}/debian/triggers)
configure_file(debian/changelog.in changelog @ONLY)
set(CPACK_QUOTECACHED_CHANGELOG ${CMAKE_CURRENT_BINARY_DIR}/changelog)
set(CPACK_QUOTECACHED_NEWS ${PROJECT_SOURCE_DIR}/CHANGELOG.md)
