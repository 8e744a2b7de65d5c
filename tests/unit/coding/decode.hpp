// Takes bodies out of their content coding, by the libraries' own decoders.
#pragma once

#include <string>
#include <string_view>

#include <brotli/decode.h>
#include <doctest/doctest.h>
#include <zlib.h>
#include <zstd.h>

namespace quotecached::test {

inline constexpr std::size_t kMostDecoded = std::size_t{64} * 1024 * 1024;

inline std::string gunzip(std::string_view body) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(kMostDecoded, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  CHECK(result == Z_STREAM_END);
  CHECK(stream.avail_in == 0);
  return out;
}

inline std::string unbrotli(std::string_view body) {
  std::string out(kMostDecoded, '\0');
  auto size = out.size();
  const auto result = BrotliDecoderDecompress(body.size(),
                                              reinterpret_cast<const std::uint8_t*>(body.data()),
                                              &size,
                                              reinterpret_cast<std::uint8_t*>(out.data()));
  CHECK(result == BROTLI_DECODER_RESULT_SUCCESS);
  out.resize(size);
  return out;
}

inline std::string unzstd(std::string_view body) {
  std::string out(kMostDecoded, '\0');
  const auto size = ZSTD_decompress(out.data(), out.size(), body.data(), body.size());
  CHECK(ZSTD_isError(size) == 0);
  out.resize(ZSTD_isError(size) == 0 ? size : 0);
  return out;
}

// `coding` as Content-Encoding says it; empty: none.
inline std::string decoded(std::string_view coding, std::string_view body) {
  if (coding == "gzip") return gunzip(body);
  if (coding == "br") return unbrotli(body);
  if (coding == "zstd") return unzstd(body);
  CHECK(coding.empty());
  return std::string(body);
}

}  // namespace quotecached::test
