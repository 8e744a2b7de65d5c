# quotecached_precompile(target std|fmt|asio)
#   The target's sources find those headers already parsed, which is half the cost of most of them.
#   A source still includes what it uses: the clang preset, and the check that headers compile alone,
#   build without. Every target that takes a set is compiled with the same options and definitions
#   as far as those headers can tell; -Winvalid-pch says when not.
option(QUOTECACHED_PCH "Precompile the headers of the standard library, fmt and Asio" ON)

set(QUOTECACHED_PCH_std
  <algorithm> <array> <atomic> <chrono> <cstdint> <functional> <map> <memory> <mutex> <optional>
  <span> <string> <string_view> <unordered_map> <utility> <variant> <vector> <tl/expected.hpp>)
set(QUOTECACHED_PCH_fmt ${QUOTECACHED_PCH_std} <fmt/format.h>)
set(QUOTECACHED_PCH_asio ${QUOTECACHED_PCH_fmt}
  <boost/asio/any_io_executor.hpp> <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp>
  <boost/asio/io_context.hpp> <boost/asio/post.hpp> <boost/asio/steady_timer.hpp>
  <boost/asio/this_coro.hpp> <boost/asio/use_awaitable.hpp>)

# Each set is precompiled once, for a source of its own.
function(quotecached_precompiled_set set)
  set(source ${PROJECT_BINARY_DIR}/quotecached_pch_${set}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "// Headers are precompiled for this source.\n")
  add_library(quotecached_pch_${set} OBJECT ${source})
  target_link_libraries(quotecached_pch_${set} PRIVATE quotecached_warnings ${ARGN})
  target_precompile_headers(quotecached_pch_${set} PRIVATE ${QUOTECACHED_PCH_${set}})
endfunction()

if(QUOTECACHED_PCH)
  quotecached_precompiled_set(std tl::expected)
  quotecached_precompiled_set(fmt tl::expected fmt::fmt)
  quotecached_precompiled_set(asio tl::expected fmt::fmt Boost::headers)
endif()

function(quotecached_precompile target set)
  if(QUOTECACHED_PCH)
    target_precompile_headers(${target} REUSE_FROM quotecached_pch_${set})
  endif()
endfunction()
