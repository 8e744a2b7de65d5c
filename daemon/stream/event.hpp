// Events as a listener's connection carries them (server-sent events), each made once for all
// listeners.
//
// Pure. An event is framed as one chunk of HTTP/1.1 when it is made; an HTTP/1.0 listener gets what
// is in the frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace quotecached::stream {

class Text {
 public:
  // Requires: `payload` is not empty.
  explicit Text(std::string_view payload);

  [[nodiscard]] std::string_view framed() const noexcept { return text_; }
  [[nodiscard]] std::string_view payload() const noexcept {
    return std::string_view(text_).substr(begin_, text_.size() - begin_ - 2);
  }
  [[nodiscard]] std::string_view as(bool is_framed) const noexcept {
    return is_framed ? framed() : payload();
  }

 private:
  std::string text_;
  std::size_t begin_ = 0;
};
using TextPtr = std::shared_ptr<const Text>;

// What ends a framed stream.
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// Where a listener stands: the daemon's start that numbered the events, and the last one it has.
struct EventId {
  std::string_view mark;
  std::uint64_t version = 0;
};
// Nothing for a text that is none of ours.
[[nodiscard]] std::optional<EventId> parse_event_id(std::string_view text) noexcept;

// Line ends in `data` become spaces: they would end the event.
[[nodiscard]] TextPtr make_event(std::string_view name, std::string_view data, const EventId& id);
// An event without an id: where the listener stands does not change with it.
[[nodiscard]] TextPtr make_event(std::string_view name, std::string_view data);

// The first that a listener gets: when to come back should the connection end, and a comment, so
// that proxies in front see that the answer has begun.
[[nodiscard]] TextPtr make_greeting(unsigned retry_ms);
[[nodiscard]] TextPtr make_comment();

}  // namespace quotecached::stream
