#include "index/purge.h"

#include <rocksdb/db.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>
#include <thread>
#include <utility>

#include "base/bytes.h"
#include "base/limits.h"
#include "index/read_views.h"
#include "index/scan.h"
#include "index/schema.h"

namespace chayan::index {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPurgeRow = "purge";
constexpr std::string_view kErasedRows = "erased/";

std::string erased_rows_prefix() {
  return meta_key(kErasedRows);
}

Error purge_failed(const std::string& doing, const rocksdb::Status& status) {
  return io_error("purging erased rows: " + doing + ": " + status.ToString());
}

// Table files and write-ahead logs that stand in the directory.
std::vector<std::string> data_files(rocksdb::DB& db) {
  std::vector<std::string> files;
  std::error_code gone;
  for (const auto& file : fs::directory_iterator(db.GetName(), gone)) {
    const auto ending = file.path().extension();
    if (ending == ".sst" || ending == ".log") files.push_back(file.path().filename().string());
  }
  return files;
}

// Those of them that the database still reads.
Result<std::set<std::string>> live_files(rocksdb::DB& db) {
  std::vector<std::string> tables;
  std::uint64_t manifest_bytes = 0;
  auto status = db.GetLiveFiles(tables, &manifest_bytes, /*flush_memtable=*/false);
  if (!status.ok()) return purge_failed("listing files", status);
  rocksdb::VectorLogPtr logs;
  status = db.GetSortedWalFiles(logs);
  if (!status.ok()) return purge_failed("listing logs", status);
  std::set<std::string> live;
  for (const std::string& table : tables) live.insert(fs::path(table).filename().string());
  for (const auto& log : logs) live.insert(fs::path(log->PathName()).filename().string());
  return live;
}

Result<void> compact_range(rocksdb::DB& db, std::string_view first, std::string_view last) {
  rocksdb::CompactRangeOptions options;
  options.exclusive_manual_compaction = false;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  const rocksdb::Slice begin = slice(first);
  const rocksdb::Slice end = slice(last);
  const auto status = db.CompactRange(options, &begin, &end);
  if (!status.ok()) return purge_failed("compacting", status);
  return {};
}

// One range a key; where there are many, one a family.
std::vector<std::pair<std::string, std::string>> ranges_of(std::vector<std::string> keys) {
  std::sort(keys.begin(), keys.end());
  std::vector<std::pair<std::string, std::string>> ranges;
  const bool spans = keys.size() > limits::kPurgeKeysMax;
  for (const std::string& key : keys) {
    if (spans && !ranges.empty() && ranges.back().first.front() == key.front()) {
      ranges.back().second = key;
    } else {
      ranges.emplace_back(key, key);
    }
  }
  return ranges;
}

}  // namespace

void note_erasure(RowBatch& rows, std::uint64_t seq, const std::vector<std::string>& erased) {
  std::string keys;
  for (const std::string& key : erased) put_prefixed(keys, key);
  const std::string number = std::to_string(seq);
  rows.put(erased_rows_prefix() + number, std::move(keys));
  rows.put(meta_key(kPurgeRow), number);
}

bool makes_purge_due(const RowBatch& rows) {
  const auto row = rows.rows().find(meta_key(kPurgeRow));
  return row != rows.rows().end() && row->second.has_value();
}

Result<bool> is_purge_due(rocksdb::DB& db) {
  const auto due = DatabaseRows(db).get(meta_key(kPurgeRow));
  if (!due) return due.error();
  return due->has_value();
}

Purge::Purge(rocksdb::DB& db, ReadViews& views, Amend amend)
    : db_(db), views_(views), amend_(std::move(amend)), sequence_(db.GetLatestSequenceNumber()) {}

Result<void> Purge::read_marks() {
  marks_.clear();
  erased_.clear();
  const auto due = DatabaseRows(db_).get(meta_key(kPurgeRow));
  if (!due) return due.error();
  due_ = due->value_or(std::string());
  return scan(db_, nullptr, erased_rows_prefix(),
              [&](std::string_view key, std::string_view value) -> Result<bool> {
                marks_.emplace_back(key);
                ByteReader keys(value);
                while (keys.ok() && !keys.at_end()) erased_.emplace_back(keys.prefixed());
                return true;
              });
}

Result<bool> Purge::is_seen_from_before() const {
  std::uint64_t oldest = 0;
  if (!db_.GetIntProperty(rocksdb::DB::Properties::kOldestSnapshotSequence, &oldest)) {
    return io_error("purging erased rows: the oldest snapshot is not told");
  }
  return oldest != 0 && oldest < sequence_;
}

Result<void> Purge::compact() {
  const std::vector<std::string> before = data_files(db_);
  if (const auto status = db_.Flush(rocksdb::FlushOptions()); !status.ok()) {
    return purge_failed("flushing", status);
  }
  if (step_ == Step::compact) {
    for (const auto& [first, last] : ranges_of(erased_)) {
      if (auto compacted = compact_range(db_, first, last); !compacted) return compacted;
    }
  } else {
    const std::string marks = erased_rows_prefix();
    const std::string end = end_of(marks);
    if (auto compacted = compact_range(db_, marks, end); !compacted) return compacted;
  }
  const auto live = live_files(db_);
  if (!live) return live.error();
  old_files_.clear();
  std::copy_if(before.begin(), before.end(), std::back_inserter(old_files_),
               [&](const std::string& file) { return !live->contains(file); });
  return {};
}

bool Purge::are_old_files_gone() {
  // Gone, or a log that nothing was written to yet, which RocksDB does not list as live.
  std::erase_if(old_files_, [&](const std::string& file) {
    std::error_code gone;
    const auto bytes = fs::file_size(fs::path(db_.GetName()) / file, gone);
    return gone || bytes == 0;
  });
  return old_files_.empty();
}

Result<bool> Purge::attempt() {
  while (step_ != Step::done) {
    views_.release();
    switch (step_) {
      case Step::compact:
      case Step::compact_marks: {
        if (step_ == Step::compact) {
          if (auto read = read_marks(); !read) return read.error();
        }
        if (due_.empty()) return true;
        const auto seen = is_seen_from_before();
        if (!seen) return seen.error();
        if (*seen) return false;
        if (auto compacted = compact(); !compacted) return compacted.error();
        step_ = step_ == Step::compact ? Step::await_files : Step::await_mark_files;
        break;
      }
      case Step::await_files:
      case Step::await_mark_files: {
        if (!are_old_files_gone()) return false;
        if (step_ == Step::await_files) {
          step_ = Step::drop_marks;
          break;
        }
        const auto dropped = amend_([&](RowBatch& rows) -> Result<void> {
          const auto due = rows.get(meta_key(kPurgeRow));
          if (!due) return due.error();
          if (*due == due_) rows.erase(meta_key(kPurgeRow));  // else there was another erasure
          return {};
        });
        if (!dropped) return dropped.error();
        step_ = Step::done;
        break;
      }
      case Step::drop_marks: {
        const auto dropped = amend_([&](RowBatch& rows) -> Result<void> {
          for (const std::string& mark : marks_) rows.erase(mark);
          return {};
        });
        if (!dropped) return dropped.error();
        sequence_ = db_.GetLatestSequenceNumber();
        step_ = Step::compact_marks;
        break;
      }
      case Step::done:
        break;
    }
  }
  return true;
}

Result<bool> purge_alone(rocksdb::DB& db, ReadViews& views) {
  const auto due = is_purge_due(db);
  if (!due) return due.error();
  if (!*due) return true;
  Purge purge(db, views, commit_amendment(db));
  const auto until = std::chrono::steady_clock::now() + limits::kPurgeWaitMax;
  while (true) {
    auto done = purge.attempt();
    if (!done || *done || std::chrono::steady_clock::now() >= until) return done;
    std::this_thread::sleep_for(limits::kPurgeAgainMin);
  }
}

}  // namespace chayan::index
