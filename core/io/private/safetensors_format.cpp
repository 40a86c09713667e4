#include <edgefold/core/io/private/json_text.hpp>
#include <edgefold/core/io/private/safetensors_format.hpp>
#include <edgefold/core/io/private/text.hpp>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace edgefold::detail {
namespace {

constexpr std::size_t most_header_bytes = 100'000'000;  // as in the format's first implementation
constexpr std::string_view metadata_key = "__metadata__";

// Follows the JSON of a header, and refuses the first thing that has no place in one. No tree is built, as what a file
// nests or repeats would cost a multiple of its size.
class safetensors_header_parser final : public json_events {
 public:
  safetensors_header_parser(safetensors_header& header, const byte_source& in) : header_(header), in_(in) {}

  bool null() override { return refuse("null"); }
  bool boolean() override { return refuse("true or false"); }
  bool negative(std::int64_t) override { return refuse("a negative number"); }
  bool fraction() override { return refuse("a number that is no size"); }

  bool whole(std::uint64_t n) override {
    if (n > INT64_MAX) return refuse("too great a number");
    if (at_ == place::dim) entry().shape.push_back(static_cast<std::int64_t>(n));
    else if (at_ == place::offset && num_offsets_ < 2) (num_offsets_++ == 0 ? entry().begin : entry().end) = n;
    else return refuse("a number");
    return true;
  }

  bool string(std::string& s) override {
    if (at_ == place::dtype) {
      entry().dtype = std::move(s);
      return go_to(place::field);
    }
    if (at_ != place::metadata_value) return refuse("a string");
    in_.expect(header_.metadata.emplace(key_, std::move(s)).second, "header has key ", in_quotes(key_), " in ",
               metadata_key, " twice");
    return go_to(place::metadata);
  }

  bool start_object() override {
    if (at_ == place::file) return go_to(place::name);
    if (at_ == place::metadata_begin) return go_to(place::metadata);
    return at_ == place::tensor ? go_to(place::field) : refuse("an object");
  }
  bool end_object() override {
    if (at_ == place::field)
      for (std::size_t i = 0; i < fields.size(); ++i)
        in_.expect(seen_[i], "header: tensor ", entry_name(), " lacks ", fields[i].name);
    return go_to(at_ == place::name ? place::end : place::name);
  }

  bool start_array() override {
    num_offsets_ = 0;
    if (at_ == place::shape) return go_to(place::dim);
    return at_ == place::offsets ? go_to(place::offset) : refuse("an array");
  }
  bool end_array() override {
    if (at_ == place::offset && num_offsets_ < 2) return refuse("fewer");
    return go_to(place::field);
  }

  bool key(std::string& k) override {
    if (at_ == place::field) return start_field(k);
    key_ = std::move(k);
    if (at_ == place::metadata) return go_to(place::metadata_value);
    if (key_ == metadata_key) {
      in_.expect(!std::exchange(metadata_seen_, true), "header has ", metadata_key, " twice");
      return go_to(place::metadata_begin);
    }
    seen_ = {};
    header_.entries.emplace_back().name = key_;
    return go_to(place::tensor);
  }

  void error(std::size_t position) override { in_.expect(false, "header is no JSON at byte ", position); }

 private:
  // What is to come next.
  enum class place {
    file,    // the outer object
    name,    // a key in it
    tensor,  // the object of an entry
    field,   // a key in that
    dtype,
    shape,
    dim,
    offsets,
    offset,
    metadata_begin,
    metadata,  // a key in it
    metadata_value,
    end
  };
  struct field {
    std::string_view name;
    place value;
  };
  static constexpr std::array fields{field{"dtype", place::dtype}, field{"shape", place::shape},
                                     field{"data_offsets", place::offsets}};

  bool go_to(place next) {
    at_ = next;
    return true;
  }
  safetensors_entry& entry() { return header_.entries.back(); }
  std::string entry_name() const { return header_.entries.empty() ? "" : in_quotes(header_.entries.back().name); }

  bool start_field(const std::string& k) {
    const auto known = std::find_if(fields.begin(), fields.end(), [&](const field& f) { return f.name == k; });
    in_.expect(known != fields.end(), "header: tensor ", entry_name(), " has an unknown key ", in_quotes(k));
    bool& seen = seen_[static_cast<std::size_t>(known - fields.begin())];
    in_.expect(!std::exchange(seen, true), "header: tensor ", entry_name(), " has key ", in_quotes(k), " twice");
    return go_to(known->value);
  }

  bool refuse(std::string_view what) const {
    in_.expect(false, "header: ", place_text(), ", got ", what);
    return false;
  }
  std::string place_text() const {
    const std::string tensor = "tensor " + entry_name() + ": expected ";
    if (at_ == place::tensor) return tensor + "an object";
    if (at_ == place::dtype) return tensor + "dtype as a string";
    if (at_ == place::shape || at_ == place::dim) return tensor + "shape as an array of sizes";
    if (at_ == place::offsets || at_ == place::offset) return tensor + "data_offsets as two sizes";
    if (at_ == place::metadata_value)
      return std::string(metadata_key) + ": expected strings, at key " + in_quotes(key_);
    return "expected an object";
  }

  safetensors_header& header_;
  const byte_source& in_;
  place at_ = place::file;
  std::array<bool, fields.size()> seen_{};
  int num_offsets_ = 0;
  bool metadata_seen_ = false;
  std::string key_;
};

void check_unique(const std::deque<safetensors_entry>& entries, const byte_source& in) {
  std::vector<std::string_view> names;
  names.reserve(entries.size());
  for (const auto& e : entries) names.push_back(e.name);
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  in.expect(twice == names.end(), "header has tensor ", twice == names.end() ? "" : in_quotes(*twice), " twice");
}

}  // namespace

safetensors_header read_safetensors_header(byte_source& in) {
  std::uint64_t length = 0;
  in.expect(in.left() >= sizeof length, "no safetensors file: only ", in.left(), " bytes");
  in.read(&length, sizeof length);
  in.expect(length <= most_header_bytes && length <= in.left(), "no safetensors file: header of ", length, " bytes, ",
            in.left(), " are left and ", most_header_bytes, " are the most");
  std::string text(length, '\0');
  in.read(text.data(), length);
  in.expect(text.starts_with('{'), "no safetensors file: the header does not begin with '{'");
  in.expect(text.find('\0') == std::string::npos, "header holds a byte 0");  // which the parser takes for the end

  safetensors_header header;
  safetensors_header_parser parser(header, in);
  read_json(text, parser);
  check_unique(header.entries, in);
  return header;
}

safetensors_header_writer::safetensors_header_writer(const std::map<std::string, std::string>& metadata,
                                                     std::size_t size, std::string_view operation,
                                                     std::string_view name)
    : text_(8, '\0'), operation_(operation), name_(name) {  // the length's place
  text_.reserve(size);
  text_ += '{';
  if (metadata.empty()) return;
  add_key(metadata_key);
  text_ += '{';
  for (const auto& [key, value] : metadata) add_key(key), add_quoted(value);
  text_ += '}';
}

void safetensors_header_writer::add_quoted(std::string_view text) {
  check(is_utf8(text), operation_, name_, ": text ", in_quotes(text), " is no UTF-8");
  append_quoted(text_, text);
}

void safetensors_header_writer::add_key(std::string_view key) {
  if (text_.back() != '{') text_ += ',';
  add_quoted(key);
  text_ += ':';
}

void safetensors_header_writer::add(std::string_view tensor, std::string_view dtype, const shape_type& shape,
                                    std::uint64_t begin, std::uint64_t end) {
  check(tensor != metadata_key, operation_, name_, ": no tensor may have the name ", metadata_key);
  add_key(tensor);
  ((text_ += "{\"dtype\":\"") += dtype) += "\",\"shape\":[";
  for (std::size_t i = 0; i < shape.size(); ++i) (text_ += i > 0 ? "," : "") += std::to_string(shape[i]);
  ((text_ += "],\"data_offsets\":[") += std::to_string(begin)) += ',';
  (text_ += std::to_string(end)) += "]}";
}

std::string safetensors_header_writer::finish(std::size_t alignment) {
  text_ += '}';
  text_.append((alignment - text_.size() % alignment) % alignment, ' ');
  const std::uint64_t length = text_.size() - 8;
  check(length <= most_header_bytes, operation_, name_, ": header of ", length, " bytes, ", most_header_bytes,
        " are the most");
  for (std::size_t i = 0; i < 8; ++i) text_[i] = static_cast<char>(length >> 8 * i & 255);
  return std::move(text_);
}

}  // namespace edgefold::detail
