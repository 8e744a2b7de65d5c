#include "cli/failure.hpp"

#include <string_view>

#include <fmt/format.h>
#include <sysexits.h>

#include "cli/run.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

std::string_view hint_for(const Error& error) {
  if (error.http_status == 401) return "An admin token is needed: --token-file FILE.\n";
  if (error.code == ErrorCode::Unavailable && error.http_status == 0)
    return "Does quotecached run, and listen there? See --server.\n";
  return "";
}

}  // namespace

Reply failure(const Error& error, const Look& look) {
  const int status = error.code == ErrorCode::Invalid ? EX_USAGE : kUnreachable;
  return {
      status, "", fmt::format("quotecache: {}\n{}", clean(error.message, look), hint_for(error))};
}

}  // namespace quotecache::cli
