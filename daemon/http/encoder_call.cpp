#include "http/encoder_call.hpp"

#include <utility>

#include <boost/asio/post.hpp>

#include "http/session.hpp"

namespace quotecached::http {
namespace {

// Delivers its answer when it goes, whether it ran or not.
class EncoderCall final : public io::OffloadPool::Work {
 public:
  EncoderCall(SessionContext& context,
              std::shared_ptr<Session> session,
              coding::Coding coding,
              proxy::Answer answer)
      : home_(context.loop),
        encoder_(*context.encoder),
        session_(std::move(session)),
        coding_(coding),
        answer_(std::move(answer)) {}
  EncoderCall(const EncoderCall&) = delete;
  EncoderCall& operator=(const EncoderCall&) = delete;
  ~EncoderCall() override {
    if (!answer_.encoded && !has_run_) encoder_.skip(answer_);
    asio::post(*home_, [session = std::move(session_), answer = std::move(answer_)]() mutable {
      session->deliver_encoded(std::move(answer));
    });
  }

  void run() noexcept override {
    has_run_ = true;
    encoder_.encode(answer_, coding_);
  }

 private:
  const std::shared_ptr<asio::io_context> home_;
  BodyEncoder& encoder_;
  std::shared_ptr<Session> session_;
  const coding::Coding coding_;
  proxy::Answer answer_;
  bool has_run_ = false;
};

}  // namespace

void encode_later(SessionContext& context,
                  std::shared_ptr<Session> session,
                  coding::Coding coding,
                  proxy::Answer answer) {
  auto& encoder = *context.encoder;
  auto call = std::make_unique<EncoderCall>(context, std::move(session), coding, std::move(answer));
  // Refused or not, it delivers.
  static_cast<void>(encoder.post(std::move(call)));
}

}  // namespace quotecached::http
