// What Redis answers a command with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace quotecached::redis {

struct Reply {
  enum class Kind : std::uint8_t { Nil, Integer, Text, Failure, Array };

  Kind kind = Kind::Nil;
  std::int64_t integer = 0;
  std::string text;  // of Text and Failure
  std::vector<Reply> elements;
};

using Replies = std::vector<Reply>;

}  // namespace quotecached::redis
