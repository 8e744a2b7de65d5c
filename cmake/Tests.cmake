# quotecached_test_program(e2e_test LEVEL e2e SOURCES ... [SERIAL lifecycle_test.cpp ...])
#   One doctest program, whose cases become tests called "LEVEL: suite: case", with that label, when it
#   is linked. Those of the sources in SERIAL never run beside other tests: they load the machine and
#   measure.
find_package(doctest REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_library(quotecached_test_main OBJECT ${PROJECT_SOURCE_DIR}/tests/unit/main.cpp)
target_link_libraries(quotecached_test_main PUBLIC doctest::doctest)

set(QUOTECACHED_LIST_TESTS ${CMAKE_CURRENT_LIST_DIR}/list_tests.py)

function(quotecached_test_program name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LEVEL" "SOURCES;SERIAL")
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE quotecached_warnings quotecached_test_main)

  set(list ${CMAKE_CURRENT_BINARY_DIR}/${name}_tests.cmake)
  add_custom_command(TARGET ${name} POST_BUILD BYPRODUCTS ${list} VERBATIM
    COMMAND Python3::Interpreter ${QUOTECACHED_LIST_TESTS} $<TARGET_FILE:${name}>
      --level ${arg_LEVEL} --to ${list} --serial ${arg_SERIAL})
  # Until it is built, one test that fails stands for all of its.
  set(include ${CMAKE_CURRENT_BINARY_DIR}/${name}_include.cmake)
  file(WRITE ${include} "if(EXISTS \"${list}\")\n  include(\"${list}\")\nelse()\n"
    "  add_test(${name}_NOT_BUILT ${name}_NOT_BUILT)\nendif()\n")
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${include})
endfunction()
