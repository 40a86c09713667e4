#include <common/gnuplot.hpp>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <common/stop_signal.hpp>
#include <edgefold/core/error.hpp>

namespace edgefold::examples {
namespace {

/// Starts gnuplot and waits for its end: its wait status, or -errno where it could not be started.
int wait_for_gnuplot(const std::filesystem::path& folder) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addchdir_np(&files, folder.c_str());
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "errors", O_WRONLY | O_CREAT | O_TRUNC, 0666);
  posix_spawnattr_t how;
  posix_spawnattr_init(&how);
  // gnuplot does not look at its writes: a limit on file sizes has to end it, or it would leave half a figure.
  sigset_t by_default;
  sigemptyset(&by_default);
  sigaddset(&by_default, SIGXFSZ);
  posix_spawnattr_setsigdefault(&how, &by_default);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF);
  char program[] = "gnuplot", plain[] = "-d", script[] = "script";
  char* arguments[] = {program, plain, script, nullptr};
  pid_t child = 0;
  int status = -posix_spawnp(&child, program, &files, &how, arguments, environ);
  posix_spawnattr_destroy(&how);
  posix_spawn_file_actions_destroy(&files);
  while (status == 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) status = 0;
  // POSIX lets either call say that there is no such program.
  constexpr int not_started = 127;
  return status > 0 && WIFEXITED(status) && WEXITSTATUS(status) == not_started ? -ENOENT : status;
}

/// The line that says what is wrong: gnuplot quotes the script, points with ^, and then says it.
std::string last_words(const std::filesystem::path& errors) {
  std::ifstream file(errors);
  std::string line, last;
  while (std::getline(file, line))
    if (line.find_first_not_of(" \t") != std::string::npos) last = line;
  return last.empty() ? "no reason given" : last;
}

/// A full disk cuts a figure short, and gnuplot says nothing.
void check_whole(const std::filesystem::path& figure) {
  const std::string_view ending = figure.extension() == ".gif"   ? ";"
                                  : figure.extension() == ".png" ? "IEND\xae\x42\x60\x82"
                                                                 : "</svg>";
  std::ifstream file(figure, std::ios::binary);
  std::string last(std::istreambuf_iterator<char>(file), {});
  while (last.ends_with('\n')) last.pop_back();
  check_runtime(last.ends_with(ending), "gnuplot", "did not write ", figure.filename().string(), " whole");
}

}  // namespace

bool run_gnuplot(const std::filesystem::path& folder, const std::string& script) {
  std::ofstream file(folder / "script");
  file << script;
  file.close();
  check_runtime(file.good(), "gnuplot", "cannot write its script");
  const int status = wait_for_gnuplot(folder);
  if (status == -ENOENT) return false;
  stop_if_asked();  // a terminal's SIGINT reaches gnuplot too
  check_runtime(status >= 0, "gnuplot", "cannot be started: ", status < 0 ? std::strerror(-status) : "");
  check_runtime(!WIFSIGNALED(status), "gnuplot", "was ended by the signal: ", strsignal(WTERMSIG(status)));
  check_runtime(status == 0, "gnuplot", "failed: ", status == 0 ? "" : last_words(folder / "errors"));
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    for (const char* extension : {".gif", ".png", ".svg"})
      if (entry.path().extension() == extension) check_whole(entry.path());
  return true;
}

// The GIF terminal draws neither smooth nor thin lines: cairo draws the frames, and the GIF terminal only joins them.
std::string script_of(const animation& a) {
  std::ostringstream s;
  const std::string picture = "sprintf('" + a.name + "%d.png', frame)";
  const std::string size = " size " + std::to_string(a.width) + "," + std::to_string(a.height);
  s << "reset\nset terminal pngcairo" << size << " font 'DejaVu Sans,13'\ndo for [frame=0:" << a.frames - 1 << "] {\n"
    << "set output " << picture << '\n'
    << a.draw << "\n}\n"
    << "reset\nset terminal gif animate delay 50 loop 0 optimize" << size << "\nset output '" << a.name << ".gif'\n"
    << "set lmargin at screen 0\nset rmargin at screen 1\nset bmargin at screen 0\nset tmargin at screen 1\n"
    << "unset border\nunset tics\nunset key\nset xrange [-0.5:" << a.width << "-0.5]\nset yrange [-0.5:" << a.height
    << "-0.5]\ndo for [frame=0:" << a.frames - 1 << "] {\nplot " << picture << " binary filetype=png with rgbimage\n}\n"
    << "unset output\n";
  return s.str();
}

}  // namespace edgefold::examples
