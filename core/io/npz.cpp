#include <edgefold/core/io/npz.hpp>

#include <edgefold/core/io/private/atomic_file.hpp>
#include <edgefold/core/io/private/json_text.hpp>
#include <edgefold/core/io/private/npy_format.hpp>

#include <zip.h>
#include <zlib.h>

#include <array>
#include <ctime>
#include <functional>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace edgefold {
namespace {

using detail::byte_source;

constexpr std::string_view extension = ".npy";
constexpr std::string_view empty_archive(
    "PK\5\6"
    "\0\0\0\0\0\0\0\0\0"
    "\0\0\0\0\0\0\0\0\0",
    22);  // the end record

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

// What libzip says of a failure; a lack of memory throws.
std::string text_of(zip_error_t* why) {
  const int code = zip_error_code_zip(why);
  if (code == ZIP_ER_MEMORY || (code == ZIP_ER_ZLIB && zip_error_code_system(why) == Z_MEM_ERROR))
    throw std::bad_alloc();
  return zip_error_strerror(why);
}

struct zip_failure : zip_error_t {
  zip_failure() { zip_error_init(this); }
  ~zip_failure() { zip_error_fini(this); }
  zip_failure(const zip_failure&) = delete;
  zip_failure& operator=(const zip_failure&) = delete;
};

class member_source final : public byte_source {
 public:
  member_source(zip_file_t* file, std::uint64_t size, std::string_view operation, std::string name)
      : byte_source(operation, std::move(name)), file_(file) {
    set_left(size);
  }
  // libzip compares the checksum when asked for more than there is.
  void check_end() {
    char none = 0;
    expect(read_some(&none, 1) == 0, "is longer than the archive says");
  }

 private:
  std::size_t read_some(void* to, std::size_t n) override {
    const zip_int64_t got = zip_fread(file_, to, n);
    if (got < 0) expect(false, "cannot read: ", text_of(zip_file_get_error(file_)));
    return static_cast<std::size_t>(got);
  }
  zip_file_t* file_;
};

using make_source = std::function<zip_source_t*(zip_error_t*)>;

// libzip calls some lacks of memory "not a zip archive": where it fails, memory is asked for, and the archive once
// more.
archive_ptr opened(const make_source& make, const byte_source& in) {
  // libzip takes an empty file as an empty archive.
  in.expect(in.left() >= empty_archive.size(), "no .npz file: only ", in.left(), " bytes");
  for (bool again = false;; again = true) {
    zip_failure why;
    source_ptr source(make(&why));
    archive_ptr archive(source ? zip_open_from_source(source.get(), ZIP_RDONLY, &why) : nullptr);
    if (archive) {
      static_cast<void>(source.release());  // the archive owns it now
      return archive;
    }
    const std::string text = text_of(&why);
    in.expect(!again, "no .npz file: ", text);
    const std::vector<char> some(std::size_t{1} << 18);
  }
}

// An archive open for reading; `in` is only asked for its size and to report errors.
class archive_reader {
 public:
  archive_reader(const make_source& make, const byte_source& in) : in_(in), archive_(opened(make, in)) {}

  tensor_map read() {
    tensor_map arrays('[' + std::string(in_.operation()) + "] " + in_.name());
    for (const zip_stat_t& about : members()) {
      std::string name = about.name;
      if (name.ends_with(extension)) name.resize(name.size() - extension.size());
      in_.expect(!arrays.contains(name) && !arrays.unreadable().contains(name), "member ", about.name,
                 " is given twice");
      try {
        arrays.emplace(name, read_member(about));
      } catch (const detail::unsupported_error& e) {
        arrays.add_unreadable(name, e.what());
      }
    }
    return arrays;
  }

 private:
  // What is said of all members. Each takes its header, its bytes and an entry of the directory: where these are more
  // than the archive has, members overlap, and a small archive could make much of one.
  std::vector<zip_stat_t> members() const {
    constexpr std::uint64_t headers = 30 + 46, end = 22;
    constexpr zip_uint64_t needed =
        ZIP_STAT_NAME | ZIP_STAT_INDEX | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    std::vector<zip_stat_t> all(static_cast<std::size_t>(zip_get_num_entries(archive_.get(), 0)));
    std::uint64_t taken = end;
    for (std::size_t i = 0; i < all.size(); ++i) {
      zip_stat_t& about = all[i];
      const bool known = zip_stat_index(archive_.get(), i, 0, &about) == 0;
      if (!known) in_.expect(false, "member ", i, ": ", text_of(zip_get_error(archive_.get())));
      in_.expect((about.valid & needed) == needed, "member ", i, ": its name or size is not known");
      in_.expect(about.comp_size <= in_.left(), "member ", about.name, ": ", about.comp_size,
                 " bytes of an archive of ", in_.left());
      taken += headers + 2 * std::string_view(about.name).size() + about.comp_size;
    }
    in_.expect(taken <= in_.left(), "members overlap: they take ", taken, " bytes, the archive has ", in_.left());
    return all;
  }

  any_tensor read_member(const zip_stat_t& about) const {
    const std::string member = std::string("member ") + about.name;
    in_.support(std::string_view(about.name).ends_with(extension), member, ": is no .npy array");
    in_.support((about.valid & ZIP_STAT_ENCRYPTION_METHOD) == 0 || about.encryption_method == ZIP_EM_NONE, member,
                ": is encrypted");
    const bool stored = about.comp_method == ZIP_CM_STORE;
    in_.support(stored || about.comp_method == ZIP_CM_DEFLATE, member, ": compression method ", about.comp_method,
                ", expected stored or deflated");
    // Deflate makes at most 1032 bytes of one, so that a size that lies cannot ask for memory at will.
    constexpr std::uint64_t most_per_byte = 1032;
    in_.expect(stored ? about.size == about.comp_size : about.size / most_per_byte <= about.comp_size, member, ": ",
               about.size, " bytes in ", about.comp_size, " of an archive of ", in_.left());
    const member_ptr file(zip_fopen_index(archive_.get(), about.index, 0));
    if (!file) in_.expect(false, member, ": ", text_of(zip_get_error(archive_.get())));
    member_source content(file.get(), about.size, in_.operation(), in_.name() + ": " + member);
    any_tensor t = detail::read_npy(content);
    content.check_end();
    return t;
  }

  const byte_source& in_;
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

// An archive being made in memory.
class archive_writer {
 public:
  explicit archive_writer(std::string name) : name_(std::move(name)) {
    zip_failure why;
    bytes_.reset(zip_source_buffer_create(nullptr, 0, 0, &why));
    if (!bytes_) fail(&why);
    archive_.reset(zip_open_from_source(bytes_.get(), ZIP_TRUNCATE, &why));
    if (!archive_) fail(&why);
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
    if (!source) fail(&why);
    const zip_int64_t at =
        zip_file_add(archive_.get(), (name + std::string(extension)).c_str(), source.get(), ZIP_FL_ENC_UTF_8);
    if (at < 0) fail();
    static_cast<void>(source.release());  // the archive owns it now
    const auto member = static_cast<std::uint64_t>(at);
    if (zip_set_file_compression(archive_.get(), member, ZIP_CM_STORE, 0) != 0) fail();
    if (zip_file_set_mtime(archive_.get(), member, first_day(), 0) != 0) fail();
  }

  void write_to(detail::atomic_file& file) {
    if (zip_close(archive_.get()) != 0) fail();
    static_cast<void>(archive_.release());
    if (zip_source_open(bytes_.get()) != 0) fail(zip_source_error(bytes_.get()));
    std::vector<std::byte> some(std::size_t{1} << 20);
    for (;;) {
      const zip_int64_t got = zip_source_read(bytes_.get(), some.data(), some.size());
      if (got < 0) fail(zip_source_error(bytes_.get()));
      if (got == 0) break;
      file.write(std::span(some).first(static_cast<std::size_t>(got)));
    }
    zip_source_close(bytes_.get());
  }

 private:
  [[noreturn]] void fail(zip_error_t* why) const {
    throw std::runtime_error("[write_npz] " + name_ + ": " + text_of(why));
  }
  [[noreturn]] void fail() const { fail(zip_get_error(archive_.get())); }

  std::string name_;
  source_ptr bytes_;
  archive_ptr archive_;
};

void check_name(const std::filesystem::path& path, const std::string& name) {
  constexpr std::size_t longest = 65535 - extension.size();
  check(!name.empty() && name.find('\0') == std::string::npos, "write_npz", path.string(),
        ": a name is empty or holds 0");
  check(name.size() <= longest, "write_npz", path.string(), ": a name of ", name.size(), " bytes, ", longest,
        " are the most");
  check(detail::is_utf8(name), "write_npz", path.string(), ": name \"", name, "\" is no UTF-8");
}

}  // namespace

tensor_map read_npz(const std::filesystem::path& path) {
  const detail::file_source in(path, "read_npz");
  return archive_reader([&](zip_error_t* why) { return zip_source_file_create(path.c_str(), 0, 0, why); }, in).read();
}

tensor_map parse_npz(std::span<const std::byte> bytes, std::string_view name) {
  const detail::memory_source in(bytes, "parse_npz", name);
  return archive_reader([&](zip_error_t* why) { return zip_source_buffer_create(bytes.data(), bytes.size(), 0, why); },
                        in)
      .read();
}

void write_npz(const std::filesystem::path& path, const std::map<std::string, any_tensor>& arrays) {
  std::map<std::string, detail::npy_parts> parts;
  for (const auto& [name, t] : arrays) {
    check_name(path, name);
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
