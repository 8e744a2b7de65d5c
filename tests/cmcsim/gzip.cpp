#include "gzip.hpp"

#include <stdexcept>

#include <zlib.h>

namespace cmcsim {

std::string gzip(std::string_view body) {
  constexpr int window_bits_with_gzip_header = 15 + 16;
  constexpr int memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream,
                   Z_BEST_SPEED,
                   Z_DEFLATED,
                   window_bits_with_gzip_header,
                   memory_level,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::runtime_error("zlib cannot start");
  }
  std::string packed(deflateBound(&stream, body.size()), '\0');
  std::string input(body);
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int result = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (result != Z_STREAM_END) throw std::runtime_error("zlib cannot compress the body");
  return packed;
}

bool accepts_gzip(std::string_view accept_encoding) {
  const auto at = accept_encoding.find("gzip");
  if (at == std::string_view::npos) return false;
  const auto rest = accept_encoding.substr(at + 4);
  return !rest.starts_with(";q=0,") && rest != ";q=0";
}

}  // namespace cmcsim
