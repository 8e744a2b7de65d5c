# Every dependency comes from the distribution's packages (scripts/bootstrap installs them).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(tl-expected REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(simdjson REQUIRED)
find_package(CURL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET GLOBAL hiredis)
pkg_check_modules(memcached REQUIRED IMPORTED_TARGET GLOBAL libmemcached)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET GLOBAL libxxhash)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET GLOBAL libzstd)
pkg_check_modules(brotlienc REQUIRED IMPORTED_TARGET GLOBAL libbrotlienc)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET GLOBAL sqlite3)
pkg_check_modules(systemd REQUIRED IMPORTED_TARGET GLOBAL libsystemd)

# Debian's SQLiteCpp package names SQLite targets it does not export; link the library by file.
find_library(QUOTECACHED_SQLITECPP SQLiteCpp REQUIRED)
add_library(quotecached_sqlitecpp INTERFACE)
target_link_libraries(quotecached_sqlitecpp INTERFACE ${QUOTECACHED_SQLITECPP} PkgConfig::sqlite3)

# Boost and Asio headers are third party: their warnings are not ours.
add_compile_definitions(BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_BOOST_COROUTINE)

# What some pkg-config files ask for; sources that share precompiled headers must agree about it.
add_compile_definitions(_FILE_OFFSET_BITS=64)
