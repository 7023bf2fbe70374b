// Small secret files: made once, read with their owner and mode checked. For keyring.cpp.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace chayan::crypto {

// Makes the directory 0700 where it is missing (its parents too), then checks it.
Result<void> prepare_key_directory(const std::string& directory);
// Owned by the user of this process and closed to everybody else.
Result<void> check_key_directory(const std::string& directory);

// A new file of mode 0400, synced. Error conflict where there is one.
Result<void> write_key_file(const std::string& path, std::string_view content);
// Makes the names of new files durable.
Result<void> sync_key_directory(const std::string& directory);

// Puts `content` in the place of the file, in one step that is durable when it returns.
Result<void> replace_key_file(const std::string& path, std::string_view content);
// Held while a key file is being replaced. Error conflict: somebody else holds it.
Result<OpenFile> lock_key_file(const std::string& path);

// The whole file, which must be a regular file of mode 0400 owned by the user of this process.
Result<std::string> read_key_file(const std::string& path);

}  // namespace chayan::crypto
