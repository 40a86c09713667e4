/// JSON without trees, which cost a multiple of the text and ask for memory while they are torn down: all that names
/// the library which reads it. Private to the readers and writers.
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

/// Meets what a JSON text holds, one after another; false stops the reading.
class json_events {
 public:
  virtual ~json_events() = default;
  virtual bool null() = 0;
  virtual bool boolean() = 0;
  virtual bool negative(std::int64_t n) = 0;
  virtual bool whole(std::uint64_t n) = 0;
  virtual bool fraction() = 0;
  virtual bool string(std::string& s) = 0;
  virtual bool key(std::string& k) = 0;
  virtual bool start_object() = 0;
  virtual bool end_object() = 0;
  virtual bool start_array() = 0;
  virtual bool end_array() = 0;
  /// The text is no JSON at that byte.
  virtual void error(std::size_t position) = 0;
};
/// False where the text is no JSON, or `events` stopped.
bool read_json(std::string_view text, json_events& events);

/// What a JSON object has under a key: `value` where that is an integer that int64 holds.
struct json_integer {
  bool there = false;
  std::optional<std::int64_t> value;
};

/// Fills in what the JSON object `text` has under the keys of `fields`. False where it is no JSON, or no object.
bool read_json_integers(std::string_view text, std::map<std::string, json_integer, std::less<>>& fields);

}  // namespace edgefold::detail
