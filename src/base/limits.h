// Every bound of the service, each with its reason. A unit stands last in its name.
// GET /v1/limits publishes those that a client can meet.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace chayan::limits {

using namespace std::chrono_literals;

// ---- HTTP: the head. A browser sends about 1 KiB; 8 KiB is what nginx and Apache take by default.
inline constexpr std::size_t kHeadBytesMax = 8ULL * 1024;
inline constexpr std::size_t kFieldsMax = 64;  // browsers send about 20
inline constexpr std::size_t kTargetBytesMax =
    2ULL * 1024;                                        // the longest useful query is under 1 KiB
inline constexpr std::size_t kQueryParametersMax = 32;  // the richest endpoint takes 12

// ---- HTTP: bodies.
inline constexpr std::size_t kVerificationBodyBytesMax =
    4ULL * 1024;  // number, name, document: under 500 bytes
inline constexpr std::size_t kBatchBodyBytesMax =
    4ULL * 1024 * 1024;                                      // 10,000 rows of up to 400 bytes
inline constexpr std::size_t kIdempotencyKeyBytesMax = 200;  // a UUID has 36
inline constexpr std::size_t kCompressAboveBytes =
    1024;  // below it the saving is less than a packet

inline constexpr std::size_t kFormBodyBytesMax =
    64ULL *
    1024;  // of a page: above what its fields take, so that it can say which one is too long
inline constexpr std::size_t kFormPartsMax = 16;            // a form with a file has three
inline constexpr std::size_t kFormPartHeadBytesMax = 1024;  // a file's name takes most of it

// ---- HTTP: connections. One absolute deadline a phase; re-arming a deadline per read is how
// slowloris lives.
inline constexpr auto kTlsHandshakeMax = 5s;
inline constexpr auto kHeadMax = 10s;
inline constexpr auto kBodyMax = 10s;
// An answer held in memory has one write deadline. A streamed one has it anew for each piece: a
// long download may take its hours, a reader that takes less than 2 KiB/s is cut.
inline constexpr auto kWriteMax = 30s;  // a phone on a bad line takes a page of 200 KiB in this
inline constexpr std::size_t kBodyPieceBytesMax =
    64ULL * 1024;  // all that a slow reader of a streamed body costs; larger ones send no faster
inline constexpr auto kWaitMax =
    60s;  // long poll; proxies and NATs forget a silent connection after a minute or more
inline constexpr auto kIdleMax = 30s;
inline constexpr auto kDrainMax = 10s;  // SIGTERM to exit with requests under way
// After an answer that closes with input unread (a framing error, a refusal by the head): read and
// drop, so that the answer arrives. One whose announced body still comes has the time of an answer.
inline constexpr auto kLingerMax = 1s;
inline constexpr std::size_t kLingerBytesMax = 64ULL * 1024;
// And of a body that was refused for its length so much is read and dropped: a browser reads no
// answer before it has sent its file, and a list full of photos has some megabytes.
inline constexpr std::uint64_t kRefusedBodyBytesMax = 32ULL * 1024 * 1024;
inline constexpr std::size_t kRequestsPerConnectionMax =
    1000;  // spreads long-lived clients over the threads again
inline constexpr std::size_t kConnectionsPerThreadMax = 10'000;
inline constexpr std::size_t kPipelinedResponseBytesMax =
    256ULL * 1024;  // unsent answers; above it reading stops

// ---- Who asks how often (guard/guard.h). A rate is a burst and the time in which one more is
// earned.
inline constexpr std::uint32_t kClientFreeBurst = 30;  // a class or a desk on one address
inline constexpr auto kClientFreeInterval = 2000ms;    // 1,800 an hour: nobody reads faster
// With a proof of work each. An office behind one address works on; at 2^18 hashes a request the
// proof is what bounds a machine, this bounds a thousand of them.
inline constexpr std::uint32_t kClientProvenBurst = 60;
inline constexpr auto kClientProvenInterval = 200ms;
// Rows of batches by one credential: a file of ten batches goes at once, and a million in an hour.
inline constexpr std::uint32_t kCredentialBurst = 100'000;
inline constexpr auto kCredentialInterval = 4ms;
inline constexpr std::uint32_t kNumberBurst = 60;  // a certificate shown to a hall of people
inline constexpr auto kNumberInterval = 1000ms;
inline constexpr std::uint32_t kNumberFailuresAnHourMax =
    10;  // 87,600 guesses a year of a name or six digits, from all the world
inline constexpr unsigned kProofBits = 18;  // 262,144 hashes: about a second of a browser's
inline constexpr auto kProofLife = 120s;    // a slow phone with bad luck needs half a minute

// ---- The audit trail (guard/audit_trail.h).
inline constexpr int kAuditRetentionDaysMin =
    180;  // six months: the Cybersecurity Law, art. 21 (3)
inline constexpr std::size_t kAuditQueueMax = 65'536;  // half a second at full speed, 12 MiB
inline constexpr auto kAuditGather = 10ms;   // lines are written together; what a kill can lose
inline constexpr auto kAuditSyncEvery = 1s;  // what a power cut can lose
inline constexpr std::size_t kAuditLineBytesMax = 1024;  // the longest that is written has 400

// ---- JSON and text from outside.
inline constexpr std::size_t kJsonDepthMax = 16;
inline constexpr std::size_t kImportLineBytesMax =
    64ULL * 1024;  // a filing with every catalog item is under 8 KiB
inline constexpr std::size_t kNameBytesMax = 300;  // institution names: 100 characters of UTF-8
inline constexpr std::size_t kPersonNameBytesMax = 200;
inline constexpr std::size_t kTextBytesMax = 2000;  // addresses, remarks
inline constexpr std::size_t kCertificateNumberBytesMax = 64;
inline constexpr std::size_t kDocumentNumberBytesMax = 40;
inline constexpr std::size_t kFilingIdBytesMax = 64;
inline constexpr std::size_t kScopeLinesMax = 500;  // all items of both catalogs are 13
inline constexpr std::size_t kQueryTextBytesMax = 120;

// ---- Log.
inline constexpr std::size_t kEntryBytesMax =
    65'535;  // C2SP tlog-tiles: entries are uint16 length-prefixed
inline constexpr std::size_t kBatchChangesMax =
    2000;  // changes under one fsync by import; 1-2 MB of WriteBatch

// ---- The change feed. An answer is built in memory, and a reader asks for the next when it has
// this one: that is all the back-pressure there is to have.
inline constexpr std::size_t kFeedEntriesDefault = 1000;
inline constexpr std::size_t kFeedEntriesMax = 10'000;
inline constexpr std::size_t kFeedBytesMax = 1ULL << 20;  // some 3,000 entries

// ---- Partners.
inline constexpr std::size_t kPartnerNameBytesMax = 64;          // as the id of an actor
inline constexpr std::size_t kPartnerFileBytesMax = 1ULL << 20;  // some 5,000 certificates

// ---- Employers: verification in batches.
inline constexpr std::size_t kVerificationBatchRowsMax = 10'000;
inline constexpr std::size_t kVerificationBatchBodyBytesMax =
    4ULL * 1024 * 1024;  // that many rows of up to 400 bytes
inline constexpr std::size_t kListFormBytesMax =
    kVerificationBatchBodyBytesMax + 8ULL * 1024;  // what a form puts around the file
inline constexpr std::size_t kListRowsShownMax =
    500;  // of each table of a page: 200 KB; who wants more takes the file
inline constexpr std::size_t kVerificationBatchChunkRows =
    128;  // read together by MultiGet; some 100 KiB of answers, 1-2 ms of a thread
inline constexpr auto kVerificationBatchMax =
    5min;  // from question to last row: a slow reader keeps a connection and the rows it asked about
inline constexpr std::uint64_t kCredentialRowsPerDayDefault =
    100'000;  // ten of the largest batches
inline constexpr std::uint64_t kCredentialRowsPerDayMax = 1'000'000'000;
inline constexpr std::size_t kCredentialNetworksMax = 64;
inline constexpr std::size_t kCredentialFileBytesMax = 1ULL << 20;  // some 5,000 credentials
inline constexpr std::uint64_t kQuotaBlockRows =
    1000;  // what a crash overcounts by at most; one fsync for so many rows

// ---- Spreadsheets as input (base/xlsx_reader.h, base/xml_reader.h).
inline constexpr std::size_t kSheetInflatedBytesMax =
    64ULL * 1024 * 1024;  // 10,000 rows of 60 cells are 30 MB
inline constexpr std::size_t kSheetFileInflatedBytesMax =
    1ULL << 30;  // of a file on one's own machine: a sheet that is full to its last row
inline constexpr std::size_t kSheetColumnsReadMax = 1000;  // the widest export of a staff system
inline constexpr std::size_t kSheetTextsMax = 1'000'000;   // shared ones; 32 MB of empty ones
inline constexpr std::size_t kSheetFormatsMax = 65'536;    // cell formats; Excel's own bound
inline constexpr std::size_t kSheetRelationsMax = 4096;    // parts that a workbook names
inline constexpr std::size_t kXmlDepthMax = 64;            // a cell of rich text stands 8 deep
inline constexpr std::size_t kXmlTokenBytesMax = 256ULL * 1024;  // one tag or comment
inline constexpr std::size_t kXmlPieceBytes = 64ULL * 1024;      // inflated and parsed at a time
// Titles and remarks above the header of a list.
inline constexpr std::size_t kHeaderSearchRowsMax = 20;

// ---- Our own requests to another registry (mirror, audit).
inline constexpr auto kClientConnectMax = 10s;  // TLS included; a far server under load takes 1-2 s
inline constexpr auto kClientSilenceMax = 20s;  // a server that says nothing for so long is gone
inline constexpr std::size_t kClientBodyBytesMax =
    2 * (kFeedBytesMax + kEntryBytesMax) +
    64ULL * 1024;  // the feed's longest answer: entries and as much of private fields, the last
                   // line with its note and proof
inline constexpr long kClientRedirectsMax = 3;
inline constexpr auto kRetryAfterMin = 5ms;  // most cuts are one connection's: ask at once
inline constexpr auto kRetryAfterMax =
    30s;  // a registry that comes back is not met by all of its mirrors in one second
inline constexpr std::size_t kCheckpointsHeldMax =
    10'000;  // that a reader has seen and not reached: one an answer; some 400 bytes each
inline constexpr auto kMirrorWait = 30s;  // long poll; half of kWaitMax: NATs forget sooner

// ---- Snapshots and backups.
inline constexpr std::size_t kSnapshotPageEntriesMax = 1000;
inline constexpr std::size_t kSnapshotPageBytesMax =
    1ULL << 20;  // what a reader of a snapshot has to hold at once
inline constexpr std::size_t kSnapshotsKept =
    3;  // a download that begins while a newer one is made has two intervals to end in
inline constexpr std::size_t kBackupsKept = 30;  // a month of daily ones; they share their files
inline constexpr std::size_t kJobsKept = 32;     // finished ones whose outcome can still be asked

// ---- Keys and erasure. An amendment of this size keeps the commit thread for about two milliseconds.
inline constexpr std::size_t kResealRowsMax = 500;
inline constexpr std::size_t kResealBytesMax = 1ULL << 20;
// What erased bytes in the files wait for is the end of what reads the old files: a request ends in
// milliseconds, a snapshot being made in minutes.
inline constexpr auto kPurgeWaitMax = 5s;  // a submitter, or a backup, waits so long for it
inline constexpr auto kPurgeAgainMin = 5ms;
inline constexpr auto kPurgeAgainMax = 1s;
// Beyond so many erased rows the range that they span is compacted instead of each by itself.
inline constexpr std::size_t kPurgeKeysMax = 64;
// ---- Reading.
// Institutions are kept decoded up to so many bytes of their rows, and take some five times that;
// the notice's registry has hundreds.
inline constexpr std::size_t kCachedInstitutionBytesMax = 12ULL * 1024 * 1024;
// A thread keeps so many whole answers of up to so many bytes: a page of 20 institutions has
// 15 KiB, and a few occupations are most of what is asked for.
inline constexpr std::size_t kPreparedAnswersMax = 64;
inline constexpr std::size_t kPreparedAnswerBytesMax = 64 << 10;

// ---- Receipts.
inline constexpr std::size_t kReceiptBytesMax =
    4ULL << 20;  // a statement takes 2 KiB, and a certificate seldom has three; an entry at most 64

inline constexpr std::size_t kReceiptFormBytesMax =
    256ULL * 1024;  // posted from a page: three statements take 20 KiB, percent-encoded

// ---- Share reports.
inline constexpr std::size_t kReportBodyBytesMax =
    4ULL * 1024;                            // the proof of a verification, and a list of names
inline constexpr int kReportDaysMax = 180;  // what the holder may grant at a time
inline constexpr std::size_t kReportsPerCertificateMax =
    20;  // active ones; who applies for more jobs at once ends an old one
inline constexpr std::size_t kReportAccessesMax =
    100;                                          // newest kept of each report; the count goes on
inline constexpr int kReportAccessDaysMax = 180;  // how long an opening is remembered
inline constexpr std::size_t kReportAccessesQueuedMax =
    1000;  // openings not yet on the disk; more are refused until they are
inline constexpr std::size_t kPublicUrlBytesMax = 200;  // a QR code that a phone reads off paper

// ---- Audit of a log. All findings are counted; a log with more is not read finding by finding.
inline constexpr std::size_t kAuditFindingsMax = 100'000;  // some 20 MB of sentences

// ---- Lists.
inline constexpr std::size_t kPageItemsDefault = 20;
inline constexpr std::size_t kPageItemsMax = 100;
inline constexpr std::size_t kScanRowsMax =
    5000;  // rows one request may pass over before it answers with a cursor
inline constexpr auto kCursorLife = 24h;
inline constexpr std::size_t kSuggestionsOfAKindMax =
    5;  // fifteen below a search box are what a phone shows without scrolling
inline constexpr auto kFiguresFresh =
    5s;  // of a log that grows: a walk over the institutions takes some 30 ms a thousand
inline constexpr std::size_t kCountedEntriesMax =
    100'000;  // read for the figures by one request, some 50 ms
inline constexpr std::size_t kPlotMonthsMax =
    36;  // columns of a plot on a phone; a filing lasts as long
inline constexpr std::size_t kComparedMax = 3;  // columns that a phone has room for

// ---- Publication of checkpoints: one that failed (the anchor's disk is full) is tried again.
inline constexpr auto kPublishAgainAfter = 1s;

// ---- Exports. Built files are kept in memory, with their compressed forms. A scope line of the
// demo takes 500 bytes as CSV, 800 as NDJSON, 100 as XLSX: 80,000 lines.
inline constexpr std::size_t kExportKeptBytesMax = 128ULL * 1024 * 1024;
inline constexpr std::size_t kExportsKeptMax = 64;  // days and names that are small enough
inline constexpr auto kExportFresh = 5s;  // less than a build takes where building is a burden
// Files that askers wait for, one being built: at a second or two each they are built before the
// last of those who wait gives up.
inline constexpr std::size_t kExportsWaitedForMax = 16;
// Of an XLSX sheet, its header row included.
inline constexpr std::size_t kSheetRowsMax = 1'048'576;

}  // namespace chayan::limits
