#include <edgefold/core/io/private/npy_format.hpp>
#include <edgefold/core/io/private/text.hpp>

#include <array>
#include <limits>
#include <optional>

namespace edgefold::detail {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

// Reads the Python literal of a header; anything that NumPy itself would not write for a plain array is an error.
class npy_header_parser {
 public:
  npy_header_parser(std::string_view text, const byte_source& in) : rest_(text), in_(in) {}

  npy_header parse() {
    need('{');
    while (!take('}')) {
      key_and_value();
      if (!take(',')) {
        need('}');
        break;
      }
    }
    blanks();
    in_.expect(rest_.empty(), "header goes on after its dict with ", in_quotes(rest_));
    in_.expect(descr_ && order_ && shape_, "header lacks ",
               !descr_   ? "'descr'"
               : !order_ ? "'fortran_order'"
                         : "'shape'");
    return {*descr_, *order_, *shape_};
  }

 private:
  void key_and_value() {
    const std::string key = string("a key");
    need(':');
    if (key == "descr") set(descr_, key, descr());
    else if (key == "fortran_order") set(order_, key, boolean());
    else if (key == "shape") set(shape_, key, shape());
    else in_.expect(false, "header has an unknown key ", in_quotes(key));
  }

  template <class T>
  void set(std::optional<T>& value, const std::string& key, T given) {
    in_.expect(!value, "header has key ", in_quotes(key), " twice");
    value = std::move(given);
  }

  std::string string(std::string_view what) {
    blanks();
    const char quote = rest_.empty() ? '\0' : rest_[0];
    const std::size_t end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : std::string_view::npos;
    in_.expect(end != std::string_view::npos, "header: expected ", what, " at ", in_quotes(rest_));
    std::string s(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return s;
  }

  // A type; of a structured one what stands in its brackets, which errors name.
  std::string descr() {
    blanks();
    if (!rest_.starts_with('[')) return string("a type as 'descr'");
    char quote = '\0';
    int depth = 0;
    std::size_t end = 0;
    do {
      in_.expect(end < rest_.size(), "header: expected a type as 'descr' at ", in_quotes(rest_));
      const char c = rest_[end++];
      if (quote != '\0') quote = c == quote ? '\0' : quote;
      else if (c == '\'' || c == '"') quote = c;
      else depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    } while (depth > 0);
    std::string s(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return s;
  }

  bool boolean() {
    blanks();
    const bool yes = rest_.starts_with("True");
    in_.expect(yes || rest_.starts_with("False"), "header: expected True or False at ", in_quotes(rest_));
    rest_.remove_prefix(yes ? 4 : 5);
    return yes;
  }

  shape_type shape() {
    shape_type dims;
    need('(');
    while (!take(')')) {
      dims.push_back(dim());
      if (take(',')) continue;
      in_.expect(dims.size() > 1, "header: 'shape' is no tuple at ",
                 in_quotes(rest_));  // as in Python, (3) is a number
      need(')');
      break;
    }
    return dims;
  }

  std::int64_t dim() {
    blanks();
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), n);
    in_.expect(error == std::errc{} && n >= 0, "header: expected a dim at ", in_quotes(rest_));
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    if (rest_.starts_with('L')) rest_.remove_prefix(1);  // Python 2
    return n;
  }

  void blanks() {
    while (!rest_.empty() && std::string_view(" \t\r\n").find(rest_[0]) != std::string_view::npos)
      rest_.remove_prefix(1);
  }
  bool take(char c) {
    blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void need(char c) { in_.expect(take(c), "header: expected '", std::string(1, c), "' at ", in_quotes(rest_)); }

  std::string_view rest_;
  const byte_source& in_;
  std::optional<std::string> descr_;
  std::optional<bool> order_;
  std::optional<shape_type> shape_;
};

}  // namespace

npy_header read_npy_header(byte_source& in) {
  std::array<char, 8> start{};  // magic, major and minor version
  in.expect(in.left() >= start.size(), "no .npy file: only ", in.left(), " bytes");
  in.read(start.data(), start.size());
  in.expect(std::string_view(start.data(), magic.size()) == magic, "no .npy file: wrong magic bytes");
  const int major = static_cast<unsigned char>(start[6]), minor = static_cast<unsigned char>(start[7]);
  in.expect(major >= 1 && major <= 3 && minor == 0, "format ", major, ".", minor, ", expected 1.0, 2.0 or 3.0");

  std::array<unsigned char, 4> length_bytes{};
  in.read(length_bytes.data(), major == 1 ? 2 : 4);
  std::size_t length = 0;
  for (std::size_t i = length_bytes.size(); i-- > 0;) length = length << 8 | length_bytes[i];
  constexpr std::size_t most = 1 << 20;  // a plain array needs 128 bytes
  in.expect(length <= most && length <= in.left(), "header of ", length, " bytes, ", in.left(), " are left");
  std::string text(length, '\0');
  in.read(text.data(), length);
  return npy_header_parser(text, in).parse();
}

}  // namespace edgefold::detail
