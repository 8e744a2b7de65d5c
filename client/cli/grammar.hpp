// The commands and options of `quotecache`, and the values that their words become.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>

#include "cli/command_line.hpp"

namespace quotecache::cli {

// Texts that become values once all is read.
struct Words {
  std::string by = "endpoint";
  std::string format = "table";
  std::string mode;
  std::string life;
  int timeout = 10;
  int width = 0;
  int limit = 0;
  int popular = 0;
  std::int64_t max_credits = 0;
  std::string assets;
};

class Grammar {
 public:
  // What is parsed by app() goes into `line`, which outlives this.
  explicit Grammar(CommandLine& line);
  Grammar(const Grammar&) = delete;  // options write into it
  Grammar& operator=(const Grammar&) = delete;

  CLI::App& app() { return app_; }

  // Once all is parsed: the rest of what goes into the line.
  void take_words();

  // Every word that means something anywhere.
  [[nodiscard]] std::vector<std::string> vocabulary() const;
  // Of the command that was meant, as far as it was understood.
  [[nodiscard]] std::string help_command() const;
  // The commands that take an option: "credits report, credits calls"; empty when none does.
  [[nodiscard]] std::string takers(const std::string& option) const;

 private:
  CLI::App* add(const char* name, const char* help, Task task);
  // One that is no part of `credits`.
  CLI::App* add_alone(const char* name, const char* help, const char* footer, Task task);
  [[nodiscard]] Task task() const;
  [[nodiscard]] std::vector<const CLI::App*> commands() const;

  CLI::App app_;
  CommandLine& line_;
  Words words_;
  CLI::App* credits_ = nullptr;
  std::vector<std::pair<CLI::App*, Task>> alone_;
  std::vector<std::pair<CLI::App*, Task>> tasks_;
};

}  // namespace quotecache::cli
