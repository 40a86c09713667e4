#include <edgefold/core/io/csv.hpp>
#include <edgefold/core/io/edge_list.hpp>
#include <edgefold/core/io/npy.hpp>
#include <edgefold/core/io/npz.hpp>
#include <edgefold/core/io/private/atomic_file.hpp>
#include <edgefold/core/io/private/file.hpp>
#include <edgefold/core/io/safetensors.hpp>

#include <core/io/io_support.hpp>

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <thread>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using detail::atomic_file;

// Files of this process end at `bytes` while one lives.
class file_size_limit {
 public:
  explicit file_size_limit(rlim_t bytes) {
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~file_size_limit() { setrlimit(RLIMIT_FSIZE, &before_); }
  file_size_limit(const file_size_limit&) = delete;
  file_size_limit& operator=(const file_size_limit&) = delete;

 private:
  rlimit before_{};
};

bool is_blocked_or_pending() {
  sigset_t blocked, pending;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  sigpending(&pending);
  return sigismember(&blocked, SIGXFSZ) == 1 || sigismember(&pending, SIGXFSZ) == 1;
}

TEST_CASE("atomic_file: appears on commit, not before") {
  const temporary_folder folder;
  put_file(folder / "a", "old");
  {
    atomic_file file(folder / "a", "test");
    file.write("ne");
    file.write("w");
    CHECK(file_text(folder / "a") == "old");
    file.commit();
    CHECK(file_text(folder / "a") == "new");
  }
  {
    atomic_file file(folder / "a", "test");
    file.write("never");
  }
  CHECK(file_text(folder / "a") == "new");
  CHECK(folder.num_files() == 1);
}

TEST_CASE("atomic_file: keeps the mode, follows links, takes relative names") {
  const temporary_folder folder;
  put_file(folder / "a", "old");
  chmod((folder / "a").c_str(), 0640);
  std::filesystem::create_symlink("a", folder / "link");
  atomic_file file(folder / "link", "test");
  file.write("new");
  file.commit();
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(file_text(folder / "a") == "new");
  struct stat about {};
  stat((folder / "a").c_str(), &about);
  CHECK((about.st_mode & 0777) == 0640);

  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  write_npy("relative.npy", tensor({1}, {5}));
  CHECK(read_npy_as<float>("relative.npy").item() == 5);
  std::filesystem::current_path(before);
}

TEST_CASE("atomic_file: what is no file") {
  const temporary_folder folder;
  const tensor t({1});
  CHECK_THROWS_SAYING(write_npy(folder.path(), t), std::runtime_error, "is a directory, expected a file");
  CHECK_THROWS_SAYING(write_npy("/dev/null", t), std::runtime_error, "[write_npy] /dev/null: is a pipe or device");
  CHECK_THROWS_SAYING(write_npy(folder / "no" / "a.npy", t), std::runtime_error,
                      "cannot write: No such file or directory");
  CHECK_THROWS_SAYING(write_npy("", t), std::runtime_error, "cannot ");
  CHECK(folder.num_files() == 0);
}

TEST_CASE("atomic_file: a limit on file sizes is an error, the old file survives") {
  const temporary_folder folder;
  const auto path = folder / "a";
  put_file(path, "old");
  const tensor much({100000});
  std::vector<graph::edge_pair> edges(100000);
  const graph g(edges);
  {
    const file_size_limit limit(5000);
    CHECK_THROWS_SAYING(write_npy(path, much), std::runtime_error, "cannot write: File too large");
    CHECK_THROWS_SAYING(write_npz(path, {{"x", much}}), std::runtime_error, "cannot write: File too large");
    CHECK_THROWS_SAYING(write_safetensors(path, {{"x", much}}), std::runtime_error, "cannot write: File too large");
    CHECK_THROWS_SAYING(write_edge_list(path, g), std::runtime_error, "cannot write: File too large");
    std::thread([&] { CHECK_THROWS_AS(write_npy(path, much), std::runtime_error); }).join();
  }
  CHECK(file_text(path) == "old");
  CHECK(folder.num_files() == 1);
  CHECK(!is_blocked_or_pending());
  struct sigaction action {};
  sigaction(SIGXFSZ, nullptr, &action);
  CHECK((action.sa_handler == SIG_DFL));
  write_npy(path, much);
  CHECK(read_npy_as<float>(path).size() == 100000);
}

TEST_CASE("atomic_file: a signal that the caller awaits stays") {
  const temporary_folder folder;
  sigset_t only, before;
  sigemptyset(&only);
  sigaddset(&only, SIGXFSZ);
  pthread_sigmask(SIG_BLOCK, &only, &before);
  raise(SIGXFSZ);
  write_npy(folder / "a", tensor({1}));
  CHECK(is_blocked_or_pending());
  const timespec at_once{};
  CHECK(sigtimedwait(&only, nullptr, &at_once) == SIGXFSZ);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("atomic_file: threads that write the same file leave one of them whole") {
  const temporary_folder folder;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&, i] {
      for (int k = 0; k < 20; ++k) write_npy(folder / "a.npy", full<float>({1000}, static_cast<float>(i)));
    });
  for (auto& t : threads) t.join();
  const tensor t = read_npy_as<float>(folder / "a.npy");
  CHECK(same_bits(t, full<float>({1000}, t.at(0))));
  CHECK(folder.num_files() == 1);
}

TEST_CASE("file_source: what is no file") {
  const temporary_folder folder;
  CHECK_THROWS_SAYING(read_npy(folder.path()), std::runtime_error, "is a directory, expected a file");
  CHECK_THROWS_SAYING(read_npy("/dev/zero"), std::runtime_error, "[read_npy] /dev/zero: is a pipe or device");
  CHECK_THROWS_SAYING(read_npy(folder / "none.npy"), std::runtime_error,
                      "none.npy: cannot open: No such file or directory");
  CHECK_THROWS_SAYING(read_edge_list(folder.path()), std::runtime_error, "[read_edge_list]");
  REQUIRE(mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK_THROWS_SAYING(read_npy(folder / "pipe"), std::runtime_error, "is a pipe or device");
}

TEST_CASE("file_source: what does not say its size is refused, not taken for empty") {
  const std::string maps = "/proc/self/maps";
  const char* const part = "/proc/self/maps: holds more than the 0 bytes that the system reports";
  CHECK_THROWS_SAYING(read_edge_list(maps), std::runtime_error, part);
  CHECK_THROWS_SAYING(read_edge_list(maps, 5), std::runtime_error, part);
  CHECK_THROWS_SAYING(read_csv(maps), std::runtime_error, part);
  CHECK_THROWS_SAYING(read_npy(maps), std::runtime_error, part);
  const temporary_folder folder;
  put_file(folder / "empty", "");
  CHECK(read_edge_list(folder / "empty", 5).num_vertices() == 5);
}

TEST_CASE("byte_source: reads in pieces, never beyond the end") {
  detail::memory_source in(bytes_of("abcdef"), "test", "six");
  char two[2];
  in.read(two, 2);
  CHECK(std::string_view(two, 2) == "ab");
  CHECK(in.left() == 4);
  char five[5];
  CHECK_THROWS_SAYING(in.read(five, 5), std::runtime_error, "[test] six: truncated: 5 more bytes expected, 4 are left");
}

}  // namespace
}  // namespace edgefold
