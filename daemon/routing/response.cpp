#include "routing/response.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "base/json_text.hpp"
#include "routing/etag.hpp"

namespace quotecached::routing {
namespace {

using proxy::Answer;
using proxy::Outcome;

// Writes into room reserved at the end of a string: one bounds check for the whole head.
class Writer {
 public:
  Writer(std::string& out, std::size_t most) : out_(out), at_(out.size()) {
    out_.resize(at_ + most);
  }
  ~Writer() { out_.resize(at_); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  Writer& operator<<(std::string_view text) {
    if (text.empty()) return *this;  // an empty view may be null, which memcpy must not be given
    std::memcpy(out_.data() + at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  Writer& operator<<(std::int64_t number) {
    char* const begin = out_.data() + at_;
    const auto done = std::to_chars(begin, begin + 20, number);
    at_ += static_cast<std::size_t>(done.ptr - begin);
    return *this;
  }

 private:
  std::string& out_;
  std::size_t at_;
};

constexpr std::size_t kFixedText = 1024;  // more than all literals and numbers of one head together

// An upstream's Content-Type is not trusted to be one line.
std::string_view clean_content_type(std::string_view type) {
  const bool is_clean = std::all_of(type.begin(), type.end(), [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f;
  });
  return is_clean && !type.empty() ? type : "application/octet-stream";
}

std::string_view way_of_stale(const Answer& answer) {
  if (answer.has_fetched) return "fwd=partial; stored";
  return answer.has_asked ? "fwd=stale" : "hit";
}

// RFC 9211: how this cache handled the request.
void write_cache_status(Writer& out, const Answer& answer) {
  out << "Cache-Status: quotecached; ";
  switch (answer.outcome) {
    case Outcome::Hit: out << "hit"; break;
    case Outcome::Stale: out << way_of_stale(answer); break;
    case Outcome::Miss: out << "fwd=miss; stored"; break;
    case Outcome::Partial: out << "fwd=partial; stored"; break;
    case Outcome::Forwarded: out << "fwd=bypass"; break;
    case Outcome::Refused: out << "detail=refused\r\n"; return;
    case Outcome::Failed: out << "fwd=miss; detail=failed\r\n"; return;
  }
  if (answer.has_age) out << "; ttl=" << std::int64_t{answer.max_age.count()};
  const bool is_stale = answer.outcome == Outcome::Stale;
  if (is_stale || !answer.detail.empty()) out << "; detail=";
  if (is_stale) out << (answer.detail.empty() ? "stale" : "stale-");
  out << answer.detail << "\r\n";
}

// A form of its own has a tag of its own.
void write_etag(Writer& out, const Answer& answer) {
  const ETag tag(answer.etag);
  out << "ETag: ";
  if (answer.coding.empty()) {
    out << tag.text() << "\r\n";
  } else {
    out << tag.open_text() << "-" << answer.coding << "\"\r\n";
  }
}

void write_freshness(Writer& out, const Answer& answer) {
  if (!answer.has_age) {
    out << "Cache-Control: no-store\r\n";
    return;
  }
  // RFC 9111: max-age is the whole life of which Age is spent, so that a cache behind us, taking
  // one from the other, finds what is left.
  const std::int64_t age = std::max<std::int64_t>(0, answer.age.count());
  const std::int64_t left = answer.max_age.count();
  out << "Age: " << age << "\r\nCache-Control: private, max-age=" << (left > 0 ? age + left : 0)
      << "\r\n";
  if (answer.etag != 0) write_etag(out, answer);
  if (answer.outcome == Outcome::Stale) out << "Warning: 110 - \"Response is Stale\"\r\n";
  if (!answer.stale_assets.empty()) out << "Quotecached-Stale: " << answer.stale_assets << "\r\n";
}

// Of what the daemon answers itself: most of it is as things stand at that moment.
void write_own_freshness(Writer& out, const Answer& answer) {
  if (answer.etag == 0) {
    out << "Cache-Control: no-store\r\n";
    return;
  }
  out << "Cache-Control: max-age=" << std::int64_t{answer.max_age.count()}
      << "\r\nETag: " << ETag(answer.etag).text() << "\r\n";
}

// So that a client may ask less while credits run short.
void write_spend_mode(Writer& out, pacing::SpendMode mode) {
  if (mode != pacing::SpendMode::Normal)
    out << "Quotecached-Spend-Mode: " << to_string(mode) << "\r\n";
}

void write_refused_by(Writer& out, std::string_view refused_by) {
  if (!refused_by.empty()) out << "Quotecached-Refused-By: " << refused_by << "\r\n";
}

void write_cost(Writer& out, const Answer& answer, const ResponseContext& context) {
  out << "Quotecached-Credits: " << answer.cost.count
      << "\r\nQuotecached-Spend-Mode: " << to_string(context.spend_mode) << "\r\n";
  if (context.budget_left >= 0) out << "Quotecached-Budget-Left: " << context.budget_left << "\r\n";
}

// As draft-ietf-httpapi-ratelimit-headers has it.
void write_rate(Writer& out, const Rate& rate) {
  if (rate.limit == 0) return;
  out << "RateLimit-Policy: \"minute\";q=" << std::int64_t{rate.limit}
      << ";w=60\r\nRateLimit: \"minute\";r=" << std::int64_t{rate.left}
      << ";t=" << std::int64_t{rate.resets_in.count()} << "\r\n";
}

void write_left_out(Writer& out, const Answer& answer) {
  if (!answer.left_out.empty()) out << "Quotecached-Left-Out: " << answer.left_out << "\r\n";
}

void write_connection(Writer& out, const ResponseContext& context) {
  if (!context.keep_alive) {
    out << "Connection: close\r\n";
  } else if (context.is_http_1_0) {
    out << "Connection: keep-alive\r\n";
  }
}

void write_request_id(Writer& out, const ResponseContext& context) {
  if (!context.request_id.empty()) out << "X-Request-Id: " << context.request_id << "\r\n";
}

// Neither caches nor proxies are to keep or hold back any of it.
void write_stream_fields(Writer& out, const ResponseContext& context) {
  out << "Content-Type: text/event-stream; charset=utf-8\r\n"
         "Cache-Control: no-cache, no-transform\r\nX-Accel-Buffering: no\r\n"
      << (context.is_http_1_0 ? "Connection: close\r\n" : "Transfer-Encoding: chunked\r\n");
  if (!context.is_http_1_0) write_connection(out, context);
}

// Of what is no acceptable request, or none of our own routes.
Refuser refuser_of(unsigned status) noexcept {
  switch (status) {
    case 401:
    case 403: return Refuser::Access;
    case 404: return Refuser::Path;
    case 501:
    case 505: return Refuser::Request;
    default: return status < 500 ? Refuser::Request : Refuser::Nobody;
  }
}

}  // namespace

std::string_view reason(unsigned status) noexcept {
  switch (status) {
    case 200: return "OK";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 402: return "Payment Required";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Answer";
  }
}

bool is_not_modified(const Answer& answer, const ResponseContext& context) {
  return !context.if_none_match.empty() && answer.http_status == 200 && answer.has_age &&
         answer.etag != 0 && matches(context.if_none_match, ETag(answer.etag).text());
}

void append_head(std::string& out, const Answer& answer, const ResponseContext& context) {
  const bool not_modified = is_not_modified(answer, context);
  const auto status = not_modified ? 304U : answer.http_status;
  const auto type = clean_content_type(answer.content_type);
  const auto refused_by = answer.refused_by ? to_text(answer.refused_by) : std::string();
  Writer line(out,
              kFixedText + type.size() + context.extra_fields.size() + context.date.size() +
                  answer.detail.size() + answer.stale_assets.size() + answer.left_out.size() +
                  answer.provider_headers.size() + refused_by.size() + context.request_id.size());
  line << "HTTP/1.1 " << std::int64_t{status} << " " << reason(status)
       << "\r\nDate: " << context.date << "\r\n";
  write_request_id(line, context);
  if (context.is_stream) {
    write_stream_fields(line, context);
    write_rate(line, context.rate);
    line << context.extra_fields << "\r\n";
    return;
  }
  if (!not_modified) {
    line << "Content-Type: " << type
         << "\r\nContent-Length: " << static_cast<std::int64_t>(answer.body_size()) << "\r\n";
    if (!answer.coding.empty()) line << "Content-Encoding: " << answer.coding << "\r\n";
  }
  if (context.is_own) {
    write_own_freshness(line, answer);
  } else {
    write_freshness(line, answer);
    write_cache_status(line, answer);
    line << "Vary: Accept-Encoding\r\n";
    if (context.tells_cost) {
      write_cost(line, answer, context);
    } else {
      write_spend_mode(line, context.spend_mode);
    }
    write_left_out(line, answer);
    line << answer.provider_headers;
  }
  write_rate(line, context.rate);
  write_refused_by(line, refused_by);
  if (answer.retry_after.count() > 0)
    line << "Retry-After: " << std::int64_t{answer.retry_after.count()} << "\r\n";
  write_connection(line, context);
  line << context.extra_fields << "\r\n";
}

void fill_problem(Answer& answer, unsigned status, std::string_view detail) {
  std::string text = R"({"type":"about:blank","title":)";
  append_json_string(text, reason(status));
  text += ",\"status\":" + std::to_string(status);
  if (!detail.empty()) {
    text += ",\"detail\":";
    append_json_string(text, detail);
  }
  text += "}\n";
  fill_text(answer, std::move(text), "application/problem+json");
  answer.http_status = status;
  answer.outcome = status < 500 ? Outcome::Refused : Outcome::Failed;
  answer.set_refused_by(RefusedBy(refuser_of(status)));
}

void fill_json(Answer& answer, std::string text) {
  fill_text(answer, std::move(text), "application/json; charset=utf-8");
}

void fill_text(Answer& answer, std::string text, std::string_view content_type) {
  answer.clear();
  text.reserve(Answer::kHeapSize);  // the answer may be moved
  answer.body = std::move(text);
  answer.content_type = content_type;
  answer.pieces.emplace_back(answer.body);
}

}  // namespace quotecached::routing
