#include "trace/trace_reader.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/iso_time.hpp"

namespace quotecached::trace {
namespace {

constexpr std::string_view kHead = "quotecached-trace 1 ";

bool is_word(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

// What stands before the next tab, which is taken off the front of `rest` with it.
std::string_view take_field(std::string_view& rest) {
  const auto end = std::min(rest.find('\t'), rest.size());
  const auto field = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return field;
}

std::optional<milliseconds> parse_time(std::string_view text) {
  milliseconds::rep count = 0;
  const auto* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, count);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  if (count < 0 || count > kLongestTrace.count()) return std::nullopt;
  return milliseconds(count);
}

}  // namespace

Result<TraceReader> TraceReader::open(std::istream& in) {
  TraceReader reader(in);
  const auto has_line = reader.read_line();
  if (!has_line) return tl::unexpected(has_line.error());
  const auto start = reader.read_.starts_with(kHead)
                         ? parse_iso_time(reader.read_.substr(kHead.size()))
                         : std::nullopt;
  if (!*has_line || !start)
    return reader.wrong("a trace begins with \"quotecached-trace 1 2026-11-01T00:00:00Z\"");
  reader.start_ = *start;
  return reader;
}

tl::unexpected<Error> TraceReader::wrong(std::string_view what) const {
  return fail(ErrorCode::Invalid, fmt::format("line {}: {}", line_, what));
}

Result<bool> TraceReader::read_line() {
  ++line_;
  in_->getline(text_.data(), static_cast<std::streamsize>(text_.size()));
  const auto count = in_->gcount();
  if (in_->bad()) return fail(ErrorCode::Unavailable, fmt::format("line {}: cannot read", line_));
  if (in_->eof() && count == 0) return false;
  if (in_->fail()) return wrong(fmt::format("longer than {} bytes", kLongestTraceLine - 1));
  // The end of the line counts as read, but for a last line without one.
  const auto size = static_cast<std::size_t>(count) - (in_->eof() ? 0 : 1);
  read_ = std::string_view(text_).substr(0, size);
  if (read_.ends_with('\r')) read_.remove_suffix(1);
  return true;
}

Result<std::optional<TracedRequest>> TraceReader::next() {
  do {
    const auto has_line = read_line();
    if (!has_line) return tl::unexpected(has_line.error());
    if (!*has_line) return std::optional<TracedRequest>();
  } while (read_.empty() || read_.starts_with('#'));
  auto request = read_request();
  // Where writing broke off there is no end of the line, which is none then.
  if (!request && in_->eof()) return std::optional<TracedRequest>();
  if (!request) return tl::unexpected(request.error());
  return std::optional(*std::move(request));
}

Result<TracedRequest> TraceReader::read_request() {
  auto rest = read_;
  const auto at = parse_time(take_field(rest));
  const auto target = take_field(rest);
  const auto client = take_field(rest);
  if (!at) return wrong("must begin with milliseconds, up to 400 days, and a tab");
  if (!target.starts_with('/') || !is_word(target))
    return wrong("the target must begin with '/' and hold no blanks");
  if (!is_word(client) || !rest.empty()) return wrong("after the target only a client's name");
  if (*at < last_) return wrong("is earlier than the line above");
  last_ = *at;
  return TracedRequest{*at, std::string(target), std::string(client)};
}

std::string trace_head(TimePoint start) { return fmt::format("{}{}\n", kHead, iso_time(start)); }

void append_trace_line(std::string& out, const TracedRequest& request) {
  fmt::format_to(std::back_inserter(out), "{}\t{}", request.at.count(), request.target);
  if (!request.client.empty()) out.append(1, '\t').append(request.client);
  out += '\n';
}

}  // namespace quotecached::trace
