# quotecached_unity(target)
#   Where QUOTECACHED_UNITY is on, the target's sources are compiled a few at a time as one, which parses
#   what they include and instantiates what they share once. So no two sources of a target may
#   give one name to two things, even where each keeps its own to itself: scripts/check_hidden_names.py.
option(QUOTECACHED_UNITY "Compile the sources of a library a few at a time" OFF)

function(quotecached_unity target)
  if(NOT QUOTECACHED_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
  # GCC takes all but the outermost file for headers, where a type in an unnamed namespace is a mistake.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()
