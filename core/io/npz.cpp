#include <edgefold/core/io/npz.hpp>

#include <edgefold/core/io/private/atomic_file.hpp>
#include <edgefold/core/io/private/npy_format.hpp>

#include <zip.h>

#include <array>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

namespace edgefold {
namespace {

using detail::byte_source;

constexpr std::string_view empty_archive("PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);  // the end record

// Frees with `Free` what libzip made.
template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* t) const {
    static_cast<void>(Free(t));
  }
};
using archive_ptr = std::unique_ptr<zip_t, freed_by<zip_discard>>;
using source_ptr = std::unique_ptr<zip_source_t, freed_by<zip_source_free>>;
using member_ptr = std::unique_ptr<zip_file_t, freed_by<zip_fclose>>;

struct zip_failure : zip_error_t {
  zip_failure() { zip_error_init(this); }
  ~zip_failure() { zip_error_fini(this); }
  zip_failure(const zip_failure&) = delete;
  zip_failure& operator=(const zip_failure&) = delete;
  std::string text() { return zip_error_strerror(this); }
};

class member_source final : public byte_source {
 public:
  member_source(zip_file_t* file, std::uint64_t size, std::string_view operation, std::string name)
      : byte_source(operation, std::move(name)), file_(file) {
    set_size(size);
  }
  // libzip compares the checksum when asked for more than there is.
  void check_end() {
    char none = 0;
    expect(read_some(&none, 1) == 0, "is longer than the archive says");
  }

 private:
  std::size_t read_some(void* to, std::size_t n) override {
    const zip_int64_t got = zip_fread(file_, to, n);
    expect(got >= 0, "cannot read: ", got >= 0 ? "" : zip_file_strerror(file_));
    return static_cast<std::size_t>(got);
  }
  zip_file_t* file_;
};

// An archive open for reading; `in` is only asked for its size and to report errors.
class archive_reader {
 public:
  archive_reader(source_ptr source, const byte_source& in, std::string_view operation, std::string name)
      : in_(in), operation_(operation), name_(std::move(name)) {
    // libzip takes an empty file as an empty archive.
    in_.expect(in_.left() >= empty_archive.size(), "no .npz file: only ", in_.left(), " bytes");
    zip_failure why;
    archive_.reset(zip_open_from_source(source.get(), ZIP_RDONLY, &why));
    in_.expect(archive_ != nullptr, "no .npz file: ", archive_ ? "" : why.text());
    static_cast<void>(source.release());  // the archive owns it now
  }

  std::map<std::string, any_tensor> read() {
    std::map<std::string, any_tensor> arrays;
    const auto count = static_cast<std::uint64_t>(zip_get_num_entries(archive_.get(), 0));
    for (std::uint64_t i = 0; i < count; ++i) {
      zip_stat_t about;
      constexpr zip_uint64_t needed = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
      const bool known = zip_stat_index(archive_.get(), i, 0, &about) == 0 && (about.valid & needed) == needed;
      in_.expect(known, "member ", i, ": its name or size is not known");
      std::string name = about.name;
      in_.expect(name.ends_with(".npy"), "member ", name, " is no .npy array");
      any_tensor t = read_member(i, about);
      name.resize(name.size() - 4);
      in_.expect(!arrays.contains(name), "member ", name, ".npy stands twice");
      arrays.emplace(std::move(name), std::move(t));
    }
    return arrays;
  }

 private:
  any_tensor read_member(std::uint64_t i, const zip_stat_t& about) {
    const bool stored = about.comp_method == ZIP_CM_STORE;
    in_.expect(stored || about.comp_method == ZIP_CM_DEFLATE, "member ", about.name, ": compression method ",
               about.comp_method, ", expected stored or deflated");
    // Deflate makes at most 1032 bytes of one, so that a size that lies cannot ask for memory at will.
    constexpr std::uint64_t most_per_byte = 1032;
    in_.expect(about.comp_size <= in_.left() &&
                   (stored ? about.size == about.comp_size : about.size / most_per_byte <= about.comp_size),
               "member ", about.name, ": ", about.size, " bytes in ", about.comp_size, " of an archive of ",
               in_.left());
    const member_ptr file(zip_fopen_index(archive_.get(), i, 0));
    in_.expect(file != nullptr, "member ", about.name, ": ", file ? "" : zip_strerror(archive_.get()));
    member_source member(file.get(), about.size, operation_, name_ + ": member " + about.name);
    any_tensor t = detail::read_npy(member);
    member.check_end();
    return t;
  }

  const byte_source& in_;
  std::string_view operation_;
  std::string name_;
  archive_ptr archive_;
};

// The first day that an archive can name, as NumPy has it: equal arrays make equal files.
std::time_t first_day() {
  std::tm day{};
  day.tm_year = 80;
  day.tm_mday = 1;
  day.tm_isdst = -1;
  return std::mktime(&day);
}

// An archive being made in memory; throws std::runtime_error where libzip fails, which is for want of memory.
class archive_writer {
 public:
  explicit archive_writer(std::string name)
      : name_(std::move(name)), bytes_(zip_source_buffer_create(nullptr, 0, 0, nullptr)) {
    zip_failure why;
    expect(bytes_ != nullptr, "no memory");
    archive_.reset(zip_open_from_source(bytes_.get(), ZIP_TRUNCATE, &why));
    expect(archive_ != nullptr, why.text());
    zip_source_keep(bytes_.get());  // closing the archive would free it
  }

  // The parts must live until write_to() is done.
  void add(const std::string& name, detail::npy_parts& parts) {
    const auto* values = reinterpret_cast<const zip_uint8_t*>(parts.values.data());
    const std::array<zip_buffer_fragment_t, 2> pieces{
        zip_buffer_fragment_t{reinterpret_cast<zip_uint8_t*>(parts.header.data()), parts.header.size()},
        zip_buffer_fragment_t{const_cast<zip_uint8_t*>(values), parts.values.size()}};  // only read
    zip_failure why;
    source_ptr source(zip_source_buffer_fragment_create(pieces.data(), parts.values.empty() ? 1 : 2, 0, &why));
    expect(source != nullptr, why.text());
    const zip_int64_t at = zip_file_add(archive_.get(), (name + ".npy").c_str(), source.get(), ZIP_FL_ENC_UTF_8);
    check(at >= 0, "write_npz", name_, ": name \"", name, "\": ", at >= 0 ? "" : zip_strerror(archive_.get()));
    static_cast<void>(source.release());  // the archive owns it now
    const auto member = static_cast<std::uint64_t>(at);
    bool ok = zip_set_file_compression(archive_.get(), member, ZIP_CM_STORE, 0) == 0;
    ok = ok && zip_file_set_mtime(archive_.get(), member, first_day(), 0) == 0;
    expect(ok, ok ? "" : zip_strerror(archive_.get()));
  }

  void write_to(detail::atomic_file& file) {
    const bool closed = zip_close(archive_.get()) == 0;
    expect(closed, closed ? "" : zip_strerror(archive_.get()));
    static_cast<void>(archive_.release());
    expect(zip_source_open(bytes_.get()) == 0, "cannot read the archive back");
    std::vector<std::byte> some(std::size_t{1} << 20);
    for (;;) {
      const zip_int64_t got = zip_source_read(bytes_.get(), some.data(), some.size());
      expect(got >= 0, "cannot read the archive back");
      if (got == 0) break;
      file.write(std::span(some).first(static_cast<std::size_t>(got)));
    }
    zip_source_close(bytes_.get());
  }

 private:
  void expect(bool ok, std::string_view why) const { check_runtime(ok, "write_npz", name_, ": ", why); }

  std::string name_;
  source_ptr bytes_;
  archive_ptr archive_;
};

}  // namespace

std::map<std::string, any_tensor> read_npz(const std::filesystem::path& path) {
  const detail::file_source in(path, "read_npz");
  zip_failure why;
  source_ptr source(zip_source_file_create(path.c_str(), 0, 0, &why));
  in.expect(source != nullptr, "cannot open: ", source ? "" : why.text());
  return archive_reader(std::move(source), in, "read_npz", path.string()).read();
}

std::map<std::string, any_tensor> parse_npz(std::span<const std::byte> bytes, std::string_view name) {
  const detail::memory_source in(bytes, "parse_npz", name);
  zip_failure why;
  source_ptr source(zip_source_buffer_create(bytes.data(), bytes.size(), 0, &why));
  in.expect(source != nullptr, "cannot open: ", source ? "" : why.text());
  return archive_reader(std::move(source), in, "parse_npz", std::string(name)).read();
}

void write_npz(const std::filesystem::path& path, const std::map<std::string, any_tensor>& arrays) {
  std::map<std::string, detail::npy_parts> parts;
  for (const auto& [name, t] : arrays) {
    check(!name.empty() && name.find('\0') == std::string::npos, "write_npz", path.string(),
          ": a name is empty or holds 0");
    parts.emplace(name, detail::npy_parts_of(t, "write_npz"));
  }
  detail::atomic_file file(path, "write_npz");
  if (parts.empty()) {
    file.write(empty_archive);  // libzip would rather remove the file
  } else {
    archive_writer archive(path.string());
    for (auto& [name, p] : parts) archive.add(name, p);
    archive.write_to(file);
  }
  file.commit();
}

}  // namespace edgefold
