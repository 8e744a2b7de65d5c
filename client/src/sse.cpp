#include "src/sse.hpp"

#include <charconv>
#include <utility>

namespace quotecache {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::int64_t kLongestRetry = 3'600'000;
constexpr std::size_t kLongestId = 256;  // it is copied into each event, and sent as a header

// Digits alone, and no more than an hour.
std::optional<std::chrono::milliseconds> parse_retry(std::string_view text) noexcept {
  std::int64_t value = 0;
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value > kLongestRetry)
    return std::nullopt;
  return std::chrono::milliseconds(value);
}

}  // namespace

bool SseParser::read(std::string_view bytes, std::vector<SseEvent>& events) {
  while (!bytes.empty() && !is_broken_) {
    if (std::exchange(was_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    const auto part = bytes.substr(0, end);
    is_broken_ = line_.size() + data_.size() + part.size() > kLongest;
    if (is_broken_) break;
    line_ += part;
    if (end == std::string_view::npos) break;
    was_cr_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    take_line(events);
    line_.clear();
  }
  return !is_broken_;
}

void SseParser::take_line(std::vector<SseEvent>& events) {
  std::string_view line = line_;
  if (std::exchange(is_first_line_, false) && line.starts_with(kByteOrderMark))
    line.remove_prefix(kByteOrderMark.size());
  if (!line.empty()) {
    const auto colon = line.find(':');
    auto value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    take_field(line.substr(0, colon), value);
    return;
  }
  if (has_data_) {
    data_.pop_back();  // the end of its last line
    events.push_back({name_.empty() ? "message" : std::move(name_), std::move(data_), id_});
  }
  name_.clear();
  data_.clear();
  has_data_ = false;
}

void SseParser::take_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    data_.append(value) += '\n';
    has_data_ = true;
  } else if (name == "event") {
    name_ = value;
  } else if (name == "id") {
    if (value.size() <= kLongestId && value.find('\0') == std::string_view::npos) id_ = value;
  } else if (name == "retry") {
    if (const auto retry = parse_retry(value)) retry_ = retry;
  }
}

}  // namespace quotecache
