// The address of a registry that is read, as the command line takes it.
#pragma once

#include <CLI/CLI.hpp>

namespace chayan::commands {

// For --check of the option: refuses a name or password in it, for addresses are printed and logged.
// The message repeats nothing of it.
CLI::Validator without_userinfo();

}  // namespace chayan::commands
