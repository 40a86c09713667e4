#include <edgefold/core/io/private/gzip.hpp>

#include <zlib.h>

#include <algorithm>
#include <new>

namespace edgefold::detail {
namespace {

constexpr std::size_t most_compressed = std::size_t{1} << 16;  // held at once
constexpr std::size_t most_to_zlib = std::size_t{1} << 30;     // zlib counts in 32 bits
constexpr std::uint64_t most_per_byte = 1032;                  // deflate makes no more of one byte
constexpr int gzip_only = 16 + MAX_WBITS;

}  // namespace

gzip_source::gzip_source(byte_source& file)
    : byte_source(file.operation(), file.name()),
      file_(file),
      compressed_(gzip_magic.begin(), gzip_magic.end()),
      stream_(std::make_unique<z_stream_s>()) {
  set_left(std::min(file.left(), UINT64_MAX / most_per_byte) * most_per_byte);
  stream_->next_in = compressed_.data();
  stream_->avail_in = static_cast<uInt>(compressed_.size());
  if (inflateInit2(stream_.get(), gzip_only) != Z_OK) throw std::bad_alloc();  // nothing else is amiss yet
}

gzip_source::~gzip_source() { inflateEnd(stream_.get()); }

void gzip_source::fill() {
  z_stream& z = *stream_;
  std::copy_n(z.next_in, z.avail_in, compressed_.begin());
  const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(file_.left(), most_compressed));
  compressed_.resize(z.avail_in + more);
  file_.read(compressed_.data() + z.avail_in, more);
  z.next_in = compressed_.data();
  z.avail_in = static_cast<uInt>(compressed_.size());
}

// Whether the stream goes on behind the member that has ended.
bool gzip_source::next_member() {
  z_stream& z = *stream_;
  if (z.avail_in < gzip_magic.size()) fill();
  if (z.avail_in == 0) return false;
  const bool begins = z.avail_in >= gzip_magic.size() && std::equal(gzip_magic.begin(), gzip_magic.end(), z.next_in);
  expect(begins, z.avail_in + file_.left(), " bytes behind the end of the gzip stream");
  expect(inflateReset(&z) == Z_OK, "cannot inflate gzip");
  return true;
}

std::size_t gzip_source::inflate_some(void* to, std::size_t n) {
  z_stream& z = *stream_;
  n = std::min(n, most_to_zlib);
  z.next_out = static_cast<Bytef*>(to);
  z.avail_out = static_cast<uInt>(n);
  while (!ended_ && z.avail_out == n) {
    if (z.avail_in == 0) fill();  // what zlib holds back may still be output when the file has ended
    const int result = inflate(&z, Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    expect(result != Z_BUF_ERROR, "gzip stream is truncated");
    expect(result == Z_OK || result == Z_STREAM_END, "gzip stream is damaged: ", z.msg ? z.msg : zError(result));
    ended_ = result == Z_STREAM_END && !next_member();
  }
  return n - z.avail_out;
}

std::size_t gzip_source::read_some(void* to, std::size_t n) {
  const std::size_t got = inflate_some(to, n);
  expect(got > 0, "gzip stream ends ", n, " bytes or more too early");
  return got;
}

std::string gzip_source::read_all() {
  std::string all;
  std::array<char, most_compressed> some;
  while (const std::size_t got = inflate_some(some.data(), some.size())) all.append(some.data(), got);
  check_end();
  return all;
}

void gzip_source::check_end() {
  char none = 0;
  expect(inflate_some(&none, 1) == 0, "gzip stream goes on where its content should end");
}

}  // namespace edgefold::detail
