#include "coding/encode.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdint>
#include <limits>
#include <memory>

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

namespace quotecached::coding {
namespace {

using Pieces = std::span<const std::string_view>;

tl::unexpected<Error> cannot(Coding coding) {
  return fail(ErrorCode::Unavailable, "cannot encode as " + std::string(name_of(coding)));
}

std::size_t size_of(Pieces pieces) noexcept {
  std::size_t size = 0;
  for (const auto piece : pieces) size += piece.size();
  return size;
}

// Gives back what the bound was too large by.
std::string cut_to(std::string&& text, std::size_t size) {
  text.resize(size);
  text.shrink_to_fit();
  return std::move(text);
}

// A stream of zlib, made anew when another level is asked for.
class Deflate {
 public:
  Deflate() = default;
  ~Deflate() { end(); }
  Deflate(const Deflate&) = delete;
  Deflate& operator=(const Deflate&) = delete;

  // False: there is no memory.
  [[nodiscard]] bool begin(int level) {
    if (level == level_) return deflateReset(&stream_) == Z_OK;
    end();
    constexpr int kWindowAndGzipHeader = 15 + 16;
    constexpr int kUsualMemory = 8;
    stream_ = {};
    const int made = deflateInit2(
        &stream_, level, Z_DEFLATED, kWindowAndGzipHeader, kUsualMemory, Z_DEFAULT_STRATEGY);
    if (made != Z_OK) return false;
    level_ = level;
    return true;
  }
  [[nodiscard]] z_stream& stream() noexcept { return stream_; }

 private:
  void end() noexcept {
    if (level_ != 0) deflateEnd(&stream_);
    level_ = 0;
  }

  z_stream stream_{};
  int level_ = 0;  // 0: there is no stream
};

Result<std::string> encode_gzip(int level, Pieces pieces) {
  thread_local Deflate deflate_state;
  const auto size = size_of(pieces);
  if (size > std::numeric_limits<uInt>::max() / 2 || !deflate_state.begin(level))
    return cannot(Coding::Gzip);
  auto& stream = deflate_state.stream();
  std::string out(deflateBound(&stream, size), '\0');
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  for (const auto piece : pieces) {
    // zlib does not write to what it reads.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    if (!piece.empty() && (deflate(&stream, Z_NO_FLUSH) != Z_OK || stream.avail_in > 0))
      return cannot(Coding::Gzip);
  }
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) return cannot(Coding::Gzip);
  return cut_to(std::move(out), out.size() - stream.avail_out);
}

struct FreeBrotli {
  void operator()(BrotliEncoderState* state) const { BrotliEncoderDestroyInstance(state); }
};
using BrotliPtr = std::unique_ptr<BrotliEncoderState, FreeBrotli>;

// The window no larger than the body, so that small ones cost little memory.
BrotliPtr make_brotli(int level, std::size_t size) {
  BrotliPtr state(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr));
  if (!state) return state;
  const auto window = std::clamp<int>(
      static_cast<int>(std::bit_width(size)) + 1, BROTLI_MIN_WINDOW_BITS, BROTLI_DEFAULT_WINDOW);
  const auto hint = std::min<std::size_t>(size, std::size_t{1} << 30);
  BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_QUALITY, static_cast<std::uint32_t>(level));
  BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_LGWIN, static_cast<std::uint32_t>(window));
  BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_SIZE_HINT, static_cast<std::uint32_t>(hint));
  return state;
}

Result<std::string> encode_brotli(int level, Pieces pieces) {
  constexpr int kLeast = 2;  // below it the library tells no bound of what comes out
  const auto size = size_of(pieces);
  const auto state = make_brotli(std::max(level, kLeast), size);
  if (!state) return cannot(Coding::Brotli);
  std::string out(BrotliEncoderMaxCompressedSize(size), '\0');
  auto* next_out = reinterpret_cast<std::uint8_t*>(out.data());
  auto room = out.size();
  const auto put = [&](BrotliEncoderOperation operation, std::string_view piece) {
    const auto* next_in = reinterpret_cast<const std::uint8_t*>(piece.data());
    auto left = piece.size();
    return BrotliEncoderCompressStream(
               state.get(), operation, &left, &next_in, &room, &next_out, nullptr) != 0 &&
           left == 0;
  };
  for (const auto piece : pieces)
    if (!put(BROTLI_OPERATION_PROCESS, piece)) return cannot(Coding::Brotli);
  if (!put(BROTLI_OPERATION_FINISH, {}) || BrotliEncoderIsFinished(state.get()) == 0)
    return cannot(Coding::Brotli);
  return cut_to(std::move(out), out.size() - room);
}

struct FreeZstd {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};

bool is_good(std::size_t result) noexcept { return ZSTD_isError(result) == 0; }

Result<std::string> encode_zstd(int level, Pieces pieces) {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeZstd> kept(ZSTD_createCCtx());
  auto* const context = kept.get();
  if (context == nullptr) return cannot(Coding::Zstd);
  const auto size = size_of(pieces);
  const bool is_ready = is_good(ZSTD_CCtx_reset(context, ZSTD_reset_session_only)) &&
                        is_good(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)) &&
                        is_good(ZSTD_CCtx_setPledgedSrcSize(context, size));
  if (!is_ready) return cannot(Coding::Zstd);
  std::string out(ZSTD_compressBound(size), '\0');
  ZSTD_outBuffer output{out.data(), out.size(), 0};
  for (const auto piece : pieces) {
    ZSTD_inBuffer input{piece.data(), piece.size(), 0};
    while (input.pos < input.size) {
      const auto before = input.pos;
      const auto done = ZSTD_compressStream2(context, &output, &input, ZSTD_e_continue);
      if (!is_good(done) || input.pos == before) return cannot(Coding::Zstd);
    }
  }
  ZSTD_inBuffer none{nullptr, 0, 0};
  if (ZSTD_compressStream2(context, &output, &none, ZSTD_e_end) != 0) return cannot(Coding::Zstd);
  return cut_to(std::move(out), output.pos);
}

}  // namespace

Result<std::string> encode(Coding coding, int level, std::span<const std::string_view> pieces) {
  assert(coding != Coding::Identity && level > 0);
  switch (coding) {
    case Coding::Gzip: return encode_gzip(level, pieces);
    case Coding::Brotli: return encode_brotli(level, pieces);
    case Coding::Zstd: return encode_zstd(level, pieces);
    case Coding::Identity: break;
  }
  return cannot(coding);
}

}  // namespace quotecached::coding
