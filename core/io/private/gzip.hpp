/// Reading what is gzipped. Private to the readers.
#pragma once
#include <array>
#include <memory>
#include <vector>

#include <edgefold/core/io/private/file.hpp>

struct z_stream_s;

namespace edgefold::detail {

/// The first bytes of a gzip stream.
constexpr std::array<unsigned char, 2> gzip_magic{0x1f, 0x8b};

/// The bytes inside of a gzip stream (RFC 1952), of all its members one after the other. How many they are shows at
/// their end: left() is the most that the stream may still hold. Errors are those of the file, with "gzip" in their
/// text.
class gzip_source final : public byte_source {
 public:
  /// Of the rest of `file`, whose first bytes, gzip_magic, have been read already.
  explicit gzip_source(byte_source& file);
  ~gzip_source() override;

  /// All that is left, however much it is; throws as check_end.
  std::string read_all();
  /// Throws unless the stream ends here, its length and checksum agree, and the file ends with it.
  void check_end();

 private:
  std::size_t read_some(void* to, std::size_t n) override;
  std::size_t inflate_some(void* to, std::size_t n);  // 0 at the end
  void fill();                                        // the buffer, behind what it still holds
  bool next_member();
  byte_source& file_;
  std::vector<unsigned char> compressed_;
  std::unique_ptr<z_stream_s> stream_;
  bool ended_ = false;
};

}  // namespace edgefold::detail
