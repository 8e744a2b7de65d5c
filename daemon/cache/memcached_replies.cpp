#include "cache/memcached_replies.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <system_error>

namespace quotecached::cache {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kLongestReplyLine = 1024;  // a key takes 250
constexpr std::size_t kShown = 80;               // of a line, in a message

// A reply that the command at hand cannot have. It may hold anything.
tl::unexpected<Error> off_script(std::string_view line) {
  std::string shown(line.substr(0, kShown));
  std::ranges::replace_if(
      shown, [](char c) { return static_cast<unsigned char>(c) - 0x20U >= 0x5fU; }, '?');
  return fail(ErrorCode::Unavailable, "memcached answered: " + shown);
}

template <class T>
bool take_number(std::string_view word, T& number) {
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  return error == std::errc() && stop == end;
}

// "VALUE <key> <flags> <size> <cas>".
struct ValueLine {
  std::string_view key;
  std::uint32_t flags = 0;
  std::size_t size = 0;
  std::uint64_t cas = 0;
};

std::optional<ValueLine> parse_value_line(std::string_view line) {
  std::array<std::string_view, 5> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t end = std::min(line.find(' '), line.size());
    const bool is_last = i + 1 == words.size();
    if (is_last != (end == line.size())) return std::nullopt;
    words[i] = line.substr(0, end);
    line.remove_prefix(is_last ? end : end + 1);
  }
  ValueLine value;
  value.key = words[1];
  const bool is_whole = words[0] == "VALUE" && !value.key.empty() &&
                        take_number(words[2], value.flags) && take_number(words[3], value.size) &&
                        take_number(words[4], value.cas);
  return is_whole ? std::optional(value) : std::nullopt;
}

}  // namespace

void MemcachedReplies::feed(std::string_view bytes) {
  buffer_.erase(0, at_);
  at_ = 0;
  buffer_.append(bytes);
}

// The line that begins at `at_`, without its end; nothing while it is not complete.
Result<std::optional<std::string_view>> MemcachedReplies::line() const {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  const std::size_t end = rest.substr(0, kLongestReplyLine).find(kLineEnd);
  if (end != std::string_view::npos) return std::optional(rest.substr(0, end));
  if (rest.size() >= kLongestReplyLine) return off_script(rest);
  return std::optional<std::string_view>();
}

Result<std::optional<StoreReply>> MemcachedReplies::take_stored() {
  const auto found = line();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<StoreReply>();
  std::optional<StoreReply> reply;
  if (**found == "STORED") reply = StoreReply::Stored;
  if (**found == "NOT_STORED" || **found == "EXISTS" || **found == "NOT_FOUND")
    reply = StoreReply::Raced;
  if (**found == "SERVER_ERROR object too large for cache") reply = StoreReply::TooLarge;
  if (!reply) return off_script(**found);
  drop_line(**found);
  return reply;
}

Result<std::optional<bool>> MemcachedReplies::take_deleted() {
  const auto found = line();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<bool>();
  const bool was_there = **found == "DELETED";
  if (!was_there && **found != "NOT_FOUND") return off_script(**found);
  drop_line(**found);
  return std::optional(was_there);
}

Result<std::optional<GetReply>> MemcachedReplies::take_value() {
  const auto found = line();
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<GetReply>();
  if (**found == "END") {
    drop_line(**found);
    return std::optional(GetReply{.is_end = true, .held = {}});
  }
  const auto value = parse_value_line(**found);
  if (!value || value->size > max_value_.count) return off_script(**found);
  const std::size_t begin = at_ + (*found)->size() + kLineEnd.size();
  if (buffer_.size() < begin + value->size + kLineEnd.size()) return std::optional<GetReply>();
  const std::string_view payload = std::string_view(buffer_).substr(begin, value->size);
  if (buffer_.compare(begin + value->size, kLineEnd.size(), kLineEnd) != 0)
    return off_script("a value of another length");
  GetReply reply;
  reply.held = {std::string(value->key), std::string(payload), value->cas};
  at_ = begin + value->size + kLineEnd.size();
  return std::optional(std::move(reply));
}

}  // namespace quotecached::cache
