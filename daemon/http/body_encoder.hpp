// What all I/O threads share to send bodies in a content coding: the rules, the bodies that are
// kept, the threads that encode what takes long, and what is counted of it.
//
// Any thread. An answer that cannot be encoded stays as it is.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "base/types.hpp"
#include "coding/accept.hpp"
#include "coding/choice.hpp"
#include "coding/coding.hpp"
#include "coding/kept_bodies.hpp"
#include "io/offload.hpp"
#include "metrics/registry.hpp"
#include "proxy/answer.hpp"

namespace quotecached::http {

class BodyEncoder {
 public:
  struct Options {
    coding::Rules rules;
    Bytes kept = mebibytes(32);     // of encoded bodies of whole answers
    Bytes at_once = kibibytes(32);  // bodies up to this are encoded by the thread that sends them
    io::OffloadPool::Options pool = {.threads = 1, .max_queued = 64};
  };

  explicit BodyEncoder(const Options& options) : options_(options), kept_(options.kept) {}
  BodyEncoder(const BodyEncoder&) = delete;
  BodyEncoder& operator=(const BodyEncoder&) = delete;

  // The form that `answer` is to be sent in.
  [[nodiscard]] coding::Coding choose(const coding::Accepted& accepted,
                                      const proxy::Answer& answer) const noexcept;

  // Is it better encoded elsewhere, so that a loop is not held up? False: its body is small or
  // kept, and the answer has that body then.
  [[nodiscard]] bool takes_long(proxy::Answer& answer, coding::Coding coding);

  // Encodes the answer's body, unless it has been. Requires: it is not to be sent as it is.
  void encode(proxy::Answer& answer, coding::Coding coding) noexcept;

  // Sends the answer as it is, since too many wait or there is no memory.
  void skip(proxy::Answer& answer) noexcept;

  // Runs `work` on a thread for such; see OffloadPool::post().
  bool post(std::unique_ptr<io::OffloadPool::Work> work) { return pool_.post(std::move(work)); }

  void write(metrics::Page& page) const;

 private:
  struct Counts {
    std::atomic<std::uint64_t> answers{0};
    std::atomic<std::uint64_t> bytes_in{0};
    std::atomic<std::uint64_t> bytes_out{0};
  };
  [[nodiscard]] bool take_kept(proxy::Answer& answer, coding::Coding coding);
  void replace_body(proxy::Answer& answer, coding::Coding coding, coding::Body body);

  const Options options_;
  coding::KeptBodies kept_;
  std::array<Counts, coding::kCodings> counts_;
  std::atomic<std::uint64_t> skipped_{0};
  io::OffloadPool pool_{options_.pool};  // the last one: its threads use all above
};

}  // namespace quotecached::http
