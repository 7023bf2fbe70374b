// The commands. Each file of this folder adds one to the command line and says in its help what it
// does; serve.cpp is the composition root of the service.
//
// Exit codes: 0 done, 1 failed (a sentence stands on stderr), 2 wrong usage.
#pragma once

#include <CLI/CLI.hpp>
#include <fstream>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "index/store.h"

namespace chayan::commands {

// Adds one command to `app`; when it is chosen it runs and sets `exit_code`.
void add_serve(CLI::App& app, int& exit_code);
void add_import(CLI::App& app, int& exit_code);
void add_export(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_rebuild(CLI::App& app, int& exit_code);
void add_snapshot(CLI::App& app, int& exit_code);
void add_backup(CLI::App& app, int& exit_code);
void add_restore(CLI::App& app, int& exit_code);
void add_keys(CLI::App& app, int& exit_code);
void add_audit(CLI::App& app, int& exit_code);
void add_audit_log(CLI::App& app, int& exit_code);
void add_demo(CLI::App& app, int& exit_code);
void add_credentials(CLI::App& app, int& exit_code);
void add_verify(CLI::App& app, int& exit_code);
void add_partners(CLI::App& app, int& exit_code);
void add_check_receipt(CLI::App& app, int& exit_code);
void add_mirror(CLI::App& app, int& exit_code);

// A directory beside which others stand whose names are made from its own (DATA.keys): without the
// slash that completion leaves behind it. Every option that names such a one is added here, so that
// all commands mean the same files.
CLI::Option* add_directory_option(CLI::App& command, const std::string& name,
                                  std::string& directory, const std::string& help);
// --data, which may stand in the environment.
CLI::Option* add_data_option(CLI::App& command, std::string& data);

// --data, --keys, --anchor and --origin, as every command that opens a store takes them.
void add_store_options(CLI::App& command, index::StoreOptions& options);

// --server too, for a command that a running service can carry out instead: then --data may be left
// out. require_one() throws the usage error where neither is given; --server goes first, for --data
// may stand in the environment.
void add_store_or_server_options(CLI::App& command, index::StoreOptions& options,
                                 std::string& server);
void require_one(const index::StoreOptions& options, const std::string& server);

// For a command that writes a file beside the data directory: beside one that is not there nobody
// would ever look for it. Error invalid_argument with the field "--data".
Result<void> check_data_directory(const std::string& data);

// A file for personal data: made or narrowed to 0600, whatever it was before.
std::ofstream open_private_file(const std::string& path, std::ios::openmode mode);

// Prints the error as one line on stderr and gives exit code 1.
int failed(const Error& error);

}  // namespace chayan::commands
