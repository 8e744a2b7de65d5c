#include "http/access_line.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/iso_time.hpp"
#include "base/redacted.hpp"

namespace quotecached::http {
namespace {

using Format = Log::Format;

// Together with their escapes they leave room for the rest of a line.
constexpr std::size_t kMostOfTarget = 2048;
constexpr std::size_t kMostOfText = 256;
constexpr std::string_view kMore = "...";

bool is_bare(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_visible(c) && c != '"' && c != '\\' && c != '=';
  });
}

// Cut to `most` bytes, escapes counted.
void append_quoted(std::string& out, std::string_view text, std::size_t most) {
  const auto begin = out.size();
  out += '"';
  for (const char c : text) {
    if (out.size() - begin > most) {
      out += kMore;
      break;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (is_printable(c)) {
      out += c;
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    }
  }
  out += '"';
}

// With milliseconds, always.
void append_time(std::string& out, TimePoint at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  out += iso_time(second);
  out.pop_back();
  fmt::format_to(std::back_inserter(out), ".{:03}Z", (at - second).count());
}

// Appends fields, each with what stands before it.
class Fields {
 public:
  Fields(std::string& out, Format format) : out_(out), format_(format) {}

  void text(std::string_view name, std::string_view value, std::size_t most = kMostOfText) {
    if (value.empty()) return;
    begin(name);
    if (format_ == Format::Text && value.size() <= most && is_bare(value)) {
      out_ += value;
    } else {
      append_quoted(out_, value, most);
    }
  }
  template <class Number>
  void number(std::string_view name, Number value) {
    begin(name);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void flag(std::string_view name) {
    begin(name);
    out_ += "true";
  }

 private:
  void begin(std::string_view name) {
    if (format_ == Format::Json) {
      fmt::format_to(std::back_inserter(out_), ",\"{}\":", name);
    } else {
      fmt::format_to(std::back_inserter(out_), " {}=", name);
    }
  }

  std::string& out_;
  const Format format_;
};

}  // namespace

bool is_written(unsigned status, double share, double draw) noexcept {
  return status >= 400 || draw < share;
}

void append_access_line(std::string& out, const AccessEntry& entry, Format format) {
  out += format == Format::Json ? R"({"time":")" : "";
  append_time(out, entry.at);
  out += format == Format::Json ? R"(","event":"access")" : " access";
  Fields fields(out, format);
  fields.text("client", entry.client);
  fields.text("peer", entry.peer);
  fields.text("method", entry.method);
  fields.text("target", redacted(entry.target), kMostOfTarget);
  fields.number("status", entry.status);
  fields.number("bytes", entry.bytes);
  fields.text("outcome", entry.outcome);
  fields.text("detail", entry.detail);
  if (entry.has_age) fields.number("age", entry.age.count());
  fields.number("credits", entry.credits);
  fields.text("request_id", entry.request_id);
  fields.text("trace_id", entry.trace_id);
  fields.text("user_agent", entry.user_agent);
}

void end_access_line(std::string& out,
                     std::chrono::microseconds took,
                     bool is_gone,
                     Format format) {
  Fields fields(out, format);
  fields.number("took_us", took.count());
  if (is_gone) fields.flag("gone");
  out += format == Format::Json ? "}\n" : "\n";
}

}  // namespace quotecached::http
