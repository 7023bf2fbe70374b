// A folder for what is made and read back at once: in the system's temporary folder, only this user
// can enter it, and it is gone with its scope.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace chayan {

class PrivateFolder {
 public:
  // `prefix` begins its name.
  explicit PrivateFolder(std::string_view prefix) {
    std::error_code failed;
    std::string path = std::filesystem::temp_directory_path(failed) / prefix;
    path += "XXXXXX";
    if (!failed && ::mkdtemp(path.data()) != nullptr) path_ = std::move(path);
  }
  ~PrivateFolder() {
    std::error_code ignored;
    if (exists()) std::filesystem::remove_all(path_, ignored);
  }
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;

  bool exists() const { return !path_.empty(); }  // else it could not be made
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace chayan
