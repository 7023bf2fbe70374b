// The address of a registry that is read, as the command line takes it.
#pragma once

#include <CLI/CLI.hpp>

namespace chayan::commands {

// For --check of the option: what client/server_url.h does not read is wrong usage, and told before
// anything is opened. A name or password in it is, for addresses are printed and logged; a partner is
// known by --certificate.
CLI::Validator is_server_url();

}  // namespace chayan::commands
