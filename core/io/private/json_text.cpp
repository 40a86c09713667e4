#include <edgefold/core/io/private/json_text.hpp>

#include <nlohmann/json.hpp>

namespace edgefold::detail {
namespace {

using nlohmann::json;

// Bytes of the character that begins with `lead`, 0 where none does; the least code point that needs so many.
struct utf8_length {
  std::size_t bytes;
  std::uint32_t least;
};
utf8_length length_of(unsigned char lead) {
  if (lead < 0x80) return {1, 0};
  if (lead >> 5 == 6) return {2, 0x80};
  if (lead >> 4 == 14) return {3, 0x800};
  return {lead >> 3 == 30 ? std::size_t{4} : 0, 0x10000};
}

// What the library calls.
class forwarder final : public nlohmann::json_sax<json> {
 public:
  explicit forwarder(json_events& to) : to_(to) {}
  bool null() override { return to_.null(); }
  bool boolean(bool) override { return to_.boolean(); }
  bool number_integer(std::int64_t n) override { return to_.negative(n); }
  bool number_unsigned(std::uint64_t n) override { return to_.whole(n); }
  bool number_float(double, const std::string&) override { return to_.fraction(); }
  bool string(std::string& s) override { return to_.string(s); }
  bool binary(json::binary_t&) override { return false; }  // of which text has none
  bool key(std::string& k) override { return to_.key(k); }
  bool start_object(std::size_t) override { return to_.start_object(); }
  bool end_object() override { return to_.end_object(); }
  bool start_array(std::size_t) override { return to_.start_array(); }
  bool end_array() override { return to_.end_array(); }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    to_.error(position);
    return false;
  }

 private:
  json_events& to_;
};

// Looks at the keys of the outermost object.
class integer_reader final : public json_events {
 public:
  using fields = std::map<std::string, json_integer, std::less<>>;
  explicit integer_reader(fields& wanted) : wanted_(wanted) {}

  bool null() override { return value({}); }
  bool boolean() override { return value({}); }
  bool negative(std::int64_t n) override { return value(n); }
  bool whole(std::uint64_t n) override {
    return value(n <= INT64_MAX ? std::optional(static_cast<std::int64_t>(n)) : std::nullopt);
  }
  bool fraction() override { return value({}); }
  bool string(std::string&) override { return value({}); }
  bool key(std::string& k) override {
    const auto found = depth_ == 1 ? wanted_.find(k) : wanted_.end();
    current_ = found == wanted_.end() ? nullptr : &found->second;
    return true;
  }
  bool start_object() override {
    value({});
    return ++depth_ > 0;
  }
  bool end_object() override { return --depth_ >= 0; }
  bool start_array() override { return value({}) && ++depth_ > 0; }
  bool end_array() override { return --depth_ >= 0; }
  void error(std::size_t) override {}

 private:
  // False for a value that is not in an object.
  bool value(std::optional<std::int64_t> n) {
    if (depth_ == 1 && current_) *current_ = {true, n};
    current_ = nullptr;
    return depth_ > 0;
  }
  fields& wanted_;
  json_integer* current_ = nullptr;
  std::int64_t depth_ = 0;
};

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const auto lead = static_cast<unsigned char>(text[0]);
    const auto [bytes, least] = length_of(lead);
    if (bytes == 0 || bytes > text.size()) return false;
    std::uint32_t point = bytes == 1 ? lead : lead & (0xffU >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) {
      const auto next = static_cast<unsigned char>(text[i]);
      if (next >> 6 != 2) return false;
      point = point << 6 | (next & 63U);
    }
    const bool surrogate = point >= 0xd800 && point <= 0xdfff;
    if (point < least || point > 0x10ffff || surrogate) return false;
    text.remove_prefix(bytes);
  }
  return true;
}

void append_quoted(std::string& json, std::string_view text) {
  constexpr std::string_view named = "\"\\\b\f\n\r\t", letters = "\"\\bfnrt", digits = "0123456789abcdef";
  json += '"';
  for (const char c : text) {
    const std::size_t at = named.find(c);
    if (at != std::string_view::npos) (json += '\\') += letters[at];
    else if (static_cast<unsigned char>(c) >= 32) json += c;
    else ((json += "\\u00") += digits[static_cast<unsigned char>(c) >> 4]) += digits[c & 15];
  }
  json += '"';
}

bool read_json(std::string_view text, json_events& events) {
  forwarder to(events);
  return json::sax_parse(text, &to);
}

bool read_json_integers(std::string_view text, std::map<std::string, json_integer, std::less<>>& wanted) {
  integer_reader reader(wanted);
  return read_json(text, reader);
}

}  // namespace edgefold::detail
