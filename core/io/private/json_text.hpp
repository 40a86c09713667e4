/// JSON without trees, which cost a multiple of the text and ask for memory while they are torn down. Private to the
/// readers and writers.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace edgefold::detail {

bool is_utf8(std::string_view text);

/// Appends `text`, which is UTF-8, as a JSON string.
void append_quoted(std::string& json, std::string_view text);

/// What a JSON object has under a key: `value` where that is an integer that int64 holds.
struct json_integer {
  bool there = false;
  std::optional<std::int64_t> value;
};

/// Fills in what the JSON object `text` has under the keys of `fields`. False where it is no JSON, or no object.
bool read_json_integers(std::string_view text, std::map<std::string, json_integer, std::less<>>& fields);

}  // namespace edgefold::detail
