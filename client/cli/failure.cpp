#include "cli/failure.hpp"

#include <string_view>

#include <fmt/format.h>
#include <sysexits.h>

#include "cli/run.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

std::string_view hint_for(ErrorCode code) {
  switch (code) {
    case ErrorCode::Unauthorized: return "An admin token is needed: --token-file FILE.\n";
    case ErrorCode::Unreachable: return "Does quotecached run, and listen there? See --server.\n";
    default: return "";
  }
}

}  // namespace

Reply failure(const Error& error, const Look& look) {
  const int status = error.code == ErrorCode::BadRequest ? EX_USAGE : kUnreachable;
  return {status,
          "",
          fmt::format("quotecache: {}\n{}", clean(error.message, look), hint_for(error.code))};
}

}  // namespace quotecache::cli
