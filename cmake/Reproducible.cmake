# The same sources give the same bytes, in whatever folder they lie. What is built to be debugged in place
# keeps the paths of its sources.
#
# Objects name sources as if they lay in /usr/src/quotecached (for gdb: set substitute-path), with the build
# folder in build/ there. Where GCC would make a name up at random, it makes it of the object's relative path.
# What else decides bytes is settled elsewhere: CMake sorts what file(GLOB) finds, Debian's ar writes neither
# times nor owners, no source asks for the date, and scripts/package sets SOURCE_DATE_EPOCH.
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_options(
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}=/usr/src/quotecached
    -ffile-prefix-map=${PROJECT_BINARY_DIR}=/usr/src/quotecached/build)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    string(REPLACE "<FLAGS>" "<FLAGS> -frandom-seed=<OBJECT>" CMAKE_CXX_COMPILE_OBJECT
      "${CMAKE_CXX_COMPILE_OBJECT}")
  endif()
endif()
