#include "cli/failure.hpp"

#include <fmt/format.h>
#include <sysexits.h>

#include "cli/figures.hpp"
#include "cli/run.hpp"
#include "cli/text.hpp"

namespace quotecache::cli {
namespace {

std::string what_next(const Error& error) {
  if (error.retry_after) return fmt::format("ask again in {}", duration_text(*error.retry_after));
  if (error.http_status == 401)
    return "the token of a client that may do this is needed: --token-file FILE";
  switch (error.code) {
    case ErrorCode::Invalid: return "see 'quotecache help'";
    case ErrorCode::Timeout: return "--timeout N gives it longer";
    case ErrorCode::Unavailable:
      return error.http_status == 0 ? "does quotecached run, and listen there? See --server"
                                    : "ask again later; 'quotecache health' may tell why";
    case ErrorCode::RateLimited:
    case ErrorCode::BudgetExhausted: return "ask again later; 'quotecache credits' tells when";
    case ErrorCode::Protocol:
    case ErrorCode::NotFound: return "does quotecached of this version listen there? See --server";
    default: return "'quotecache health' tells whether the daemon is well";
  }
}

}  // namespace

Reply failure(const Error& error, const Look& look) {
  const int status = error.code == ErrorCode::Invalid ? EX_USAGE : kUnreachable;
  return {status,
          "",
          fmt::format("quotecache: {}; {}\n", clean(error.message, look), what_next(error))};
}

}  // namespace quotecache::cli
