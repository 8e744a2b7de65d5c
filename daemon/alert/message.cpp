#include "alert/message.hpp"

#include <optional>

#include "base/json_writer.hpp"

namespace quotecached::alert {

std::string to_json(const Message& message, TimePoint sent_at) {
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("source").text("quotecached");
  json.key("event_id").text(message.id).key("sent_at").time(sent_at);
  alert::write_fields(json, message.alert, std::nullopt);
  json.end_object();
  return text;
}

}  // namespace quotecached::alert
