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
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

namespace edgefold {
namespace {

using namespace edgefold::testing;
using detail::atomic_file;
using detail::is_same_file;

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

mode_t mode_of(const std::filesystem::path& path) {
  struct stat about {};
  return stat(path.c_str(), &about) == 0 ? about.st_mode & 0777 : 0;
}

// The one file in the folder but `a`.
std::filesystem::path other_file(const temporary_folder& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
    if (entry.path().filename() != "a") return entry.path();
  return {};
}

TEST_CASE("atomic_file: a file that only its owner may read is never open to others") {
  const temporary_folder folder;
  put_file(folder / "a", "old");
  chmod((folder / "a").c_str(), 0600);
  atomic_file file(folder / "a", "test");
  CHECK(mode_of(other_file(folder)) == 0600);
  file.commit();
  CHECK(mode_of(folder / "a") == 0600);
}

TEST_CASE("atomic_file: a link to a file that is not there yet") {
  const temporary_folder folder;
  std::filesystem::create_directory(folder / "far");
  std::filesystem::create_symlink("far/second", folder / "link");
  std::filesystem::create_symlink(folder / "far" / "file", folder / "far" / "second");
  write_npy(folder / "link", tensor({1}, {5}));
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(std::filesystem::is_symlink(folder / "far" / "second"));
  CHECK(read_npy_as<float>(folder / "far" / "file").item() == 5);
  std::filesystem::create_symlink("round", folder / "round");
  CHECK_THROWS_SAYING(write_npy(folder / "round", tensor({1})), std::runtime_error, "levels of symbolic links");
  std::filesystem::create_symlink("none/file", folder / "lost");
  CHECK_THROWS_SAYING(write_npy(folder / "lost", tensor({1})), std::runtime_error, "No such file or directory");
  CHECK(std::filesystem::is_symlink(folder / "lost"));
}

// Lets a process of its own begin to write `target` and be killed.
void write_and_die(const std::filesystem::path& target) {
  const pid_t child = fork();
  if (child == 0) {
    atomic_file file(target, "test");
    file.write("half");
    raise(SIGKILL);
  }
  int status = 0;
  waitpid(child, &status, 0);
  CHECK(WIFSIGNALED(status));
}

TEST_CASE("is_same_file: there or not, by any name") {
  const temporary_folder folder;
  const auto here = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  CHECK(is_same_file("a", "./a"));
  CHECK(is_same_file("a", folder / "a"));
  CHECK_FALSE(is_same_file("a", "b"));
  CHECK(is_same_file("no/a", "no/./a"));
  put_file("a", "1");
  CHECK(is_same_file("a", "./a"));
  std::filesystem::create_hard_link("a", "b");
  CHECK_FALSE(is_same_file("a", "b"));  // each is replaced for itself
  std::filesystem::create_symlink("d", "to_d");
  CHECK(is_same_file("to_d", "d"));
  std::filesystem::current_path(here);
}

TEST_CASE("atomic_file: what a killed writer has left goes with the next one of that name") {
  const temporary_folder folder;
  const std::string long_name(250, 'x');
  for (const std::string& name : {std::string("a"), std::string("a-b"), long_name}) {
    CAPTURE(name);
    write_and_die(folder / name);
    write_and_die(folder / name);
    CHECK(folder.num_files() == 1);  // the second has removed what the first left
    write_npy(folder / "other", tensor({1}));
    CHECK(folder.num_files() == 2);
    write_npy(folder / name, tensor({1}));
    CHECK(folder.num_files() == 2);
    std::filesystem::remove(folder / name);
    std::filesystem::remove(folder / "other");
  }
  write_and_die(folder / "a");
  write_and_die(folder / "a-0123456789abcdef");
  write_npy(folder / "a", tensor({1}));
  CHECK(folder.num_files() == 2);
}

TEST_CASE("atomic_file: a writer that lives keeps its file") {
  const temporary_folder folder;
  atomic_file first(folder / "a", "test");
  first.write("first");
  const auto path = other_file(folder);
  write_npy(folder / "a", tensor({1}));
  CHECK(exists(path));
  int tell[2];
  REQUIRE(pipe(tell) == 0);
  const pid_t child = fork();
  if (child == 0) {  // a process of its own leaves it alone too
    {
      atomic_file second(folder / "a", "test");
      second.write("second");
      second.commit();
    }
    const char done = exists(path) ? 'y' : 'n';
    _exit(write(tell[1], &done, 1) == 1 ? 0 : 1);
  }
  char kept = 0;
  CHECK(read(tell[0], &kept, 1) == 1);
  CHECK(kept == 'y');
  waitpid(child, nullptr, 0);
  close(tell[0]), close(tell[1]);
  first.commit();
  CHECK(file_text(folder / "a") == "first");
  CHECK(folder.num_files() == 1);
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
  const std::string status = "/proc/self/status";
  const char* const part = "/proc/self/status: holds more than the 0 bytes that the system reports";
  CHECK_THROWS_SAYING(read_edge_list(status), std::runtime_error, part);
  CHECK_THROWS_SAYING(read_edge_list(status, 5), std::runtime_error, part);
  CHECK_THROWS_SAYING(read_csv(status), std::runtime_error, part);
  CHECK_THROWS_SAYING(read_npy(status), std::runtime_error, part);
  const temporary_folder folder;
  put_file(folder / "empty", "");
  CHECK(read_edge_list(folder / "empty", 5).num_vertices() == 5);
}

TEST_CASE("seekable_source: from any place on, in memory and in a file") {
  const temporary_folder folder;
  put_file(folder / "six", "abcdef");
  detail::memory_source memory(bytes_of("abcdef"), "test", "six");
  detail::file_source file(folder / "six", "test");
  for (detail::seekable_source* in : std::initializer_list<detail::seekable_source*>{&memory, &file}) {
    char c = 0;
    in->seek(4);
    in->read(&c, 1);
    CHECK(c == 'e');
    CHECK(in->position() == 5);
    in->seek(1);
    in->skip(1);
    in->read(&c, 1);
    CHECK(c == 'c');
    CHECK(in->left() == 3);
    in->seek(6);
    CHECK_THROWS_SAYING(in->seek(7), std::runtime_error, "truncated");
  }
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
