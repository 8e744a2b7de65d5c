// CoinMarketCap's dialect: the Pro API of pro-api.coinmarketcap.com.
//
// By its documentation (errors and rate limits): 1008, 1009 and 1010 close a window, 1011 asks for
// fewer calls at once, 1001 to 1005 and 1007 need a person, 1006 refuses one endpoint only.
#pragma once

#include "provider/dialect.hpp"

namespace quotecached::provider {

class CoinMarketCap final : public Dialect {
 public:
  [[nodiscard]] Reading interpret(upstream::Response& answer, Asker asker) const override;
  [[nodiscard]] std::optional<Reading> interpret_head(
      const upstream::Response& answer) const override;
  [[nodiscard]] UsageCall usage_call() const noexcept override;
  [[nodiscard]] Result<KeyInfo> read_usage(std::string& body) const override;
  [[nodiscard]] ParameterVerdict judge_parameter(const Reading& answer,
                                                 std::string_view parameter) const override;
  [[nodiscard]] std::string_view key_header() const noexcept override;
  [[nodiscard]] std::span<const std::string_view> client_headers() const noexcept override;
  [[nodiscard]] std::string_view id_header() const noexcept override { return "X-Request-Id"; }
  [[nodiscard]] Refusal spent(ledger::Closure window) const override;
  [[nodiscard]] Refusal key_missing() const override;
  [[nodiscard]] Refusal key_wrong() const override;
  [[nodiscard]] Refusal unknown(std::string_view parameter,
                                const std::vector<std::string_view>& names) const override;
  [[nodiscard]] std::string_view why_key_refused(std::int64_t error_code) const noexcept override;
  void append_head(std::string& out, const StatusText& status, TimePoint now) const override;
  void append_error(std::string& out, const StatusText& status, TimePoint now) const override;
};

}  // namespace quotecached::provider
