#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "answer.hpp"
#include "json_writer.hpp"
#include "resolve.hpp"

namespace cmcsim {

namespace {

class InfoWriter {
 public:
  explicit InfoWriter(const Query& query) : aux_(split_list(query.text_or("aux", kDefaultAux))) {}

  void write(JsonWriter& json, const Coin& coin) const {
    if (!coin.recorded_info.empty()) {
      json.raw(coin.recorded_info);
      return;
    }
    json.open('{').key("id").integer(coin.id).key("name").text(coin.name);
    json.key("symbol").text(coin.symbol).key("category").text(coin.platform ? "token" : "coin");
    if (has("description")) {
      json.key("description")
          .text(fmt::format("{} ({}) is a cryptocurrency.", coin.name, coin.symbol));
    }
    json.key("slug").text(coin.slug);
    if (has("logo")) json.key("logo").text(fmt::format("https://logos.invalid/{}.png", coin.id));
    json.key("subreddit").text("");
    if (has("notice")) json.key("notice").text("");
    if (has("tags")) write_tags(json, coin);
    if (has("urls")) write_urls(json, coin);
    if (has("platform")) write_platform(json, coin);
    if (has("date_added")) json.key("date_added").text(coin.date_added);
    if (has("status")) json.key("status").text(to_text(coin.status));
    write_rest(json, coin);
    json.close('}');
  }

 private:
  static constexpr std::string_view kDefaultAux =
      "urls,logo,description,tags,platform,date_added,notice";

  [[nodiscard]] bool has(std::string_view name) const { return std::ranges::count(aux_, name) > 0; }

  static void write_tags(JsonWriter& json, const Coin& coin) {
    const auto column = [&](std::string_view key, std::string Tag::* field) {
      json.key(key).open('[');
      for (const Tag& tag : coin.tags) json.text(tag.*field);
      json.close(']');
    };
    column("tags", &Tag::slug);
    column("tag-names", &Tag::name);
    column("tag-groups", &Tag::category);
  }

  static void write_urls(JsonWriter& json, const Coin& coin) {
    constexpr std::array<std::string_view, 9> kinds{"twitter",
                                                    "message_board",
                                                    "chat",
                                                    "facebook",
                                                    "explorer",
                                                    "reddit",
                                                    "technical_doc",
                                                    "source_code",
                                                    "announcement"};
    json.key("urls").open('{');
    json.key("website").open('[').text(fmt::format("https://{}.invalid/", coin.slug)).close(']');
    for (const auto kind : kinds) json.key(kind).open('[').close(']');
    json.close('}');
  }

  static void write_platform(JsonWriter& json, const Coin& coin) {
    json.key("platform");
    if (!coin.platform) {
      json.null();
      return;
    }
    json.open('{').key("id").text(std::to_string(coin.platform->id));
    json.key("name").text(coin.platform->name).key("slug").text(coin.platform->slug);
    json.key("symbol").text(coin.platform->symbol);
    json.key("token_address").text(coin.platform->token_address).close('}');
  }

  static void write_rest(JsonWriter& json, const Coin& coin) {
    json.key("twitter_username").text("").key("is_hidden").integer(0);
    json.key("date_launched").null().key("contract_address").open('[').close(']');
    json.key("self_reported_circulating_supply").number(coin.self_reported_supply);
    json.key("self_reported_tags").null().key("self_reported_market_cap").null();
    json.key("infinite_supply").boolean(coin.infinite_supply);
  }

  std::vector<std::string> aux_;
};

}  // namespace

Answer answer_info(const AnswerContext& context) {
  const auto assets = resolve_assets(context);
  const InfoWriter writer(context.query);
  const bool arrays = context.endpoint.version == 2 && assets.by == AskedBy::Symbol;
  Answer answer;
  JsonWriter json(answer.data);
  json.open('{');
  for (const AssetGroup& group : assets.groups) {
    if (group.coins.empty() && !arrays) continue;
    json.key(group.key);
    if (arrays) json.open('[');
    for (const Coin* coin : group.coins) writer.write(json, *coin);
    if (arrays) json.close(']');
  }
  json.close('}');
  answer.items = assets.coin_count();
  return answer;
}

}  // namespace cmcsim
