/// Lines, columns and numbers of text files. Private to the readers and writers.
#pragma once
#include <array>
#include <charconv>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include <edgefold/core/error.hpp>
#include <edgefold/core/io/private/atomic_file.hpp>

namespace edgefold::detail {

/// A number, rounded to nearest; or std::errc::invalid_argument for what is none, std::errc::result_out_of_range for
/// what is too great, or too small to be anything but 0.
std::errc parse_number(std::string_view text, std::int64_t& n);
std::errc parse_number(std::string_view text, float& x);
std::errc parse_number(std::string_view text, double& x);

std::string_view without_byte_order_mark(std::string_view text);
std::string_view without_blanks_around(std::string_view text);

/// Where a reader of text is; its errors name the file and the line.
class text_place {
 public:
  text_place(std::string_view operation, std::string_view name) : operation_(operation), name_(name) {}

  /// A whole number from `least` to `most`; errors call it `what`.
  std::int64_t integer(std::string_view column, std::string_view what, std::int64_t least, std::int64_t most) const;

  /// Throws std::runtime_error "[operation] name: line 7: part part ...".
  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    throw_runtime(operation_, {name_, ": line ", std::to_string(number_), ": ", text_of(parts)...});
  }

 protected:
  std::int64_t number_ = 0;  // of the line

 private:
  std::string_view operation_;
  std::string name_;
};

/// Walks over the lines of a text.
class line_reader : public text_place {
 public:
  line_reader(std::string_view text, std::string_view operation, std::string_view name)
      : text_place(operation, name), rest_(without_byte_order_mark(text)) {}

  /// Moves to the next line that is neither blank nor starts with one of `comment_marks`; false at the end.
  bool next(std::string_view comment_marks);
  std::string_view line() const { return line_; }  ///< without blanks and the carriage return around it
  std::size_t bytes_left() const { return rest_.size(); }

  /// Splits `line` at blanks, and where `commas` also at one comma or semicolon; the number of columns. Throws where
  /// there are more than `columns` holds, or none between two commas.
  std::size_t split(std::string_view line, std::span<std::string_view> columns, bool commas) const;

 private:
  std::string_view rest_, line_;
};

/// `text` in quotes for an error: a long one cut, bytes that no terminal should see replaced.
std::string in_quotes(std::string_view text);

/// Collects text and hands it to the file in large pieces.
class text_writer {
 public:
  explicit text_writer(atomic_file& file) : file_(file) {}
  text_writer& operator<<(std::string_view text) {
    text_ += text;
    return text_.size() < most_kept ? *this : flush();
  }
  template <std::integral N>
  requires(!std::same_as<N, bool>) text_writer& operator<<(N number) {
    std::array<char, 32> digits;
    char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return *this << std::string_view(digits.data(), end);
  }
  text_writer& flush() {
    file_.write(text_);
    text_.clear();
    return *this;
  }

 private:
  static constexpr std::size_t most_kept = std::size_t{1} << 20;
  atomic_file& file_;
  std::string text_;
};

}  // namespace edgefold::detail
