#include <common/staged_folder.hpp>

#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <stdlib.h>

#include <edgefold/core/error.hpp>

namespace edgefold::examples {

namespace fs = std::filesystem;

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  check_runtime(!error && fs::is_directory(folder), "output", folder.string(),
                ": cannot create the folder: ", error ? error.message() : "it is a file");
}

staged_folder::staged_folder(fs::path target) : target_(std::move(target)) {
  make_folder(target_);
  std::string name = (target_ / ".unfinished-XXXXXX").string();
  check_runtime(mkdtemp(name.data()), "output", target_.string(), ": cannot write into the folder");
  staged_ = name;
}

staged_folder::~staged_folder() {
  std::error_code ignored;
  fs::remove_all(staged_, ignored);
}

void staged_folder::write_text(std::string_view name, std::string_view text) const {
  std::ofstream file(staged_ / name, std::ios::binary);
  file << text;
  file.close();
  check_runtime(file.good(), "output", (target_ / name).string(), ": cannot write");
}

void staged_folder::publish() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(staged_)) {
    if (!entry.is_regular_file()) continue;
    const fs::path to = target_ / entry.path().filename();
    check_runtime(!fs::is_directory(to), "output", to.string(), ": is a folder, expected a file");
    files.push_back(entry.path());
  }
  for (const fs::path& file : files) fs::rename(file, target_ / file.filename());
}

}  // namespace edgefold::examples
