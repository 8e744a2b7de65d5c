// Responses on their way to a socket: text of our own and, for large bodies, references to the
// entries they come from, written with as few system calls as they need.
//
// A small body is copied behind its head (one piece is cheaper for the kernel than four); a large
// one is never copied. Owned by a session; its buffers are reused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/output_book.hpp"
#include "proxy/answer.hpp"

namespace quotecached::http {

class Output {
 public:
  enum class Written : std::uint8_t { All, Blocked, Broken };

  // Where the text of a head is appended. Call text_done() afterwards.
  [[nodiscard]] std::string& text() noexcept { return text_; }
  void text_done();

  // Appends the answer's body; keeps what it refers to, so that `answer` may be empty afterwards.
  void add_body(proxy::Answer& answer);

  // Writes to a non-blocking socket until all is gone or it takes no more.
  [[nodiscard]] Written write_some(int socket);

  // The memory that what is not yet written keeps.
  [[nodiscard]] std::vector<OutputBook::Held> held() const;
  // Differs when that does: how many answers it is, and how much text.
  using Measure = std::pair<std::size_t, std::size_t>;
  [[nodiscard]] Measure measure() const noexcept { return {held_.size(), text_.capacity()}; }

  [[nodiscard]] bool empty() const noexcept { return pieces_.empty(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }  // bytes not yet written
  [[nodiscard]] std::size_t pieces() const noexcept { return pieces_.size() - first_; }

 private:
  struct Piece {
    const char* data;  // null: the next `size` bytes of text_
    std::size_t size;
  };
  void written(std::size_t count) noexcept;
  void clear();

  std::string text_;
  std::size_t text_covered_ = 0;  // bytes of text_ that pieces_ name already
  std::size_t text_written_ = 0;
  std::vector<Piece> pieces_;
  std::size_t first_ = 0;  // piece to write next
  std::size_t size_ = 0;
  std::vector<proxy::Answer> held_;  // answers that pieces point into
};

}  // namespace quotecached::http
