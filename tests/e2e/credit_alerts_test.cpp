// Alerts reach a real webhook, signed, once per window and level; one that is down delays nothing.
#include <openssl/hmac.h>

#include "e2e/credit_bed.hpp"
#include "support/temp_dir.hpp"
#include "support/webhook.hpp"

namespace quotecached::test {
namespace {

const std::string kSecret = "a-secret-of-the-webhook";

std::string hmac_sha256(const std::string& secret, const std::string& text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  ::HMAC(EVP_sha256(),
         secret.data(),
         static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(text.data()),
         text.size(),
         digest,
         &size);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hex += kDigits[digest[i] >> 4U];
    hex += kDigits[digest[i] & 15U];
  }
  return hex;
}

// "t=1732183200,v1=<hex>".
bool is_signed(const Webhook::Post& post) {
  const auto found = post.headers.find("quotecached-signature");
  if (found == post.headers.end()) return false;
  const auto comma = found->second.find(",v1=");
  if (!found->second.starts_with("t=") || comma == std::string::npos) return false;
  const std::string time = found->second.substr(2, comma - 2);
  return found->second.substr(comma + 4) == hmac_sha256(kSecret, time + "." + post.body);
}

struct Bed {
  explicit Bed(std::vector<std::string> sets = {})
      : sim(Sim::Options{.has_tls = false, .arguments = frozen()}), ids(asset_ids(sim, 200)) {
    write_file(secrets / "webhook", kSecret);
    std::filesystem::permissions(secrets / "webhook", std::filesystem::perms::owner_read);
    sets.insert(sets.end(),
                {"credits.per_day=20",
                 "alerts.webhook=" + webhook.url(),
                 "alerts.webhook_secret_file=" + (secrets / "webhook").string()});
    daemon.emplace(
        Daemon::Options{.base_url = sim.base_url(), .sets = sets, .toml = {}, .env = {}});
  }

  void keep_day() { keep_windows(*daemon, sim, seconds(0), seconds(900)); }

  void spend(std::size_t credits) {
    for (std::size_t i = 0; i < credits; ++i, ++asked)
      must(daemon->get(separate_target(ids[asked], asked)));
  }

  // The posts about the day's window.
  [[nodiscard]] std::vector<Webhook::Post> about_day() const {
    auto posts = webhook.posts();
    std::erase_if(posts, [](const Webhook::Post& post) {
      return json_text(post.body, "kind") != "window" || json_text(post.body, "subject") != "day";
    });
    return posts;
  }

  Webhook webhook;
  TempDir secrets;
  Sim sim;
  std::vector<int> ids;
  std::optional<Daemon> daemon;
  std::size_t asked = 0;
};

}  // namespace

TEST_SUITE("e2e::credit_alerts") {
  TEST_CASE("80 % and 90 % of a day are told once each, signed, and their end after the turn") {
    Bed bed;
    bed.keep_day();
    bed.spend(15);
    let_run(milliseconds(1'500));  // a review and a delivery, had there been any
    CHECK(bed.about_day().empty());
    bed.spend(1);
    REQUIRE(wait_until([&] { return bed.about_day().size() == 1; }));
    bed.spend(2);
    REQUIRE(wait_until([&] { return bed.about_day().size() == 2; }));
    bed.spend(1);
    let_run(milliseconds(2'500));
    const auto posts = bed.about_day();
    REQUIRE(posts.size() == 2);
    for (const auto& post : posts) {
      CAPTURE(post.body);
      CHECK(is_signed(post));
      CHECK(post.target == "/alerts");
      CHECK(json_text(post.body, "state") == "raised");
    }
    CHECK(json_text(posts[0].body, "level") == "warning");
    CHECK(json_text(posts[1].body, "level") == "critical");

    advance_both(*bed.daemon, bed.sim, seconds(86'400));
    REQUIRE(wait_until([&] { return bed.about_day().size() >= 3; }));
    const auto over = bed.about_day()[2];
    CHECK(json_text(over.body, "state") == "recovered");
    CHECK(is_signed(over));
  }

  TEST_CASE("a restart does not tell again what was told") {
    stay_in_day(seconds(60));
    Bed bed;
    bed.spend(17);
    REQUIRE(wait_until([&] { return bed.about_day().size() == 1; }));
    bed.daemon->restart();
    let_run(milliseconds(2'500));
    CHECK(bed.about_day().size() == 1);
  }

  TEST_CASE("a webhook that hangs or is down delays nothing, and is told when it is back") {
    Bed bed;
    bed.keep_day();
    bed.webhook.answer_with(0);
    bed.spend(17);
    std::vector<microseconds> times;
    for (int i = 0; i < 50; ++i)
      times.push_back(bed.daemon->get(separate_target(bed.ids[0], 0)).elapsed);
    MESSAGE("hits while the webhook hangs: p50 " << ms(percentile(times, 0.5)) << " ms");
    CHECK(percentile(times, 0.9) < milliseconds(100));
    CHECK(bed.about_day().empty());
    bed.webhook.stop();
    bed.webhook.answer_with(204);
    bed.spend(1);
    bed.webhook.start();
    REQUIRE(wait_until([&] { return bed.about_day().size() == 2; }, milliseconds(30'000)));
    for (const auto& post : bed.about_day()) CHECK(is_signed(post));
  }
}

}  // namespace quotecached::test
