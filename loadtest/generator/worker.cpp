#include "loadtest/generator/worker.h"

#include <sys/epoll.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace chayan::loadtest {
namespace {

constexpr Nanoseconds kMillisecond = 1'000'000;
// A sleep this short would end late by more than it lasts: so near to a due time it polls.
constexpr Nanoseconds kPollBefore = kMillisecond / 20;
constexpr Nanoseconds kWaitMax = 10 * kMillisecond;
constexpr Nanoseconds kDrainMax = 5000 * kMillisecond;  // for answers that come after the end
constexpr std::size_t kBufferBytes = 256ULL * 1024;
constexpr std::size_t kEventsMax = 256;
constexpr std::uint32_t kFailuresMax = 20;

Nanoseconds clock_now(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

double thread_cpu_seconds() {
  return static_cast<double>(clock_now(CLOCK_THREAD_CPUTIME_ID)) / 1e9;
}

std::uint64_t span(Nanoseconds from, Nanoseconds to) {
  return static_cast<std::uint64_t>(std::max<Nanoseconds>(0, to - from));
}

// Thread `index` of `threads` has as many of `all` as the others, or one more.
std::uint32_t share_of(std::uint32_t all, std::uint32_t threads, std::uint32_t index) {
  return all / threads + (index < all % threads ? 1 : 0);
}

}  // namespace

Nanoseconds steady_now() {
  return clock_now(CLOCK_MONOTONIC);
}

Worker::Worker(const Options& options, const Workload& workload, const Destination& destination,
               std::uint32_t index)
    : options_(options),
      workload_(workload),
      destination_(destination),
      index_(index),
      random_(options.seed * 1'000'003 + index),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      free_slots_(std::size_t{share_of(options.connections, options.threads, index)} *
                  options.pipeline),
      buffer_(kBufferBytes, '\0') {
  const std::uint32_t count = share_of(options.connections, options.threads, index);
  touched_.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    clients_.push_back(std::make_unique<Client>(workload.protocol(), options.pipeline));
  }
  for (std::uint32_t slot = 0; slot < options.pipeline; ++slot) {
    for (std::uint32_t i = 0; i < count; ++i) free_slots_.push(i);
  }
}

Worker::~Worker() {
  ::close(epoll_);
}

void Worker::connect() {
  for (std::uint32_t i = 0; i < clients_.size(); ++i) {
    if (!clients_[i]->connection.open(destination_, true)) {
      throw std::runtime_error("Nobody answers at " + options_.url + ".");
    }
    watch(i, true);
  }
}

void Worker::run(const Timetable& timetable) {
  ::prctl(PR_SET_TIMERSLACK, 1UL);  // sleeps end when they should, not up to 50 µs later
  timetable_ = timetable;
  if (options_.rate) {
    const auto offset = static_cast<Nanoseconds>(1e9 / *options_.rate * index_);
    schedule_.emplace(timetable.start + offset, *options_.rate / options_.threads,
                      options_.arrivals, options_.seed * 7'919 + index_);
  }
  double cpu_before = 0;
  bool is_measured = false;
  for (;;) {
    const Nanoseconds now = steady_now();
    if (!is_measured && now >= timetable.measured_from) {
      is_measured = true;
      cpu_before = thread_cpu_seconds();
    }
    if (now >= timetable.end) break;
    ask_all_that_is_due(now);
    flush_touched();
    wait(now);
  }
  tally_.cpu_seconds = thread_cpu_seconds() - cpu_before;
  while (under_way_ > 0 && steady_now() < timetable.end + kDrainMax) wait(timetable.end);
  count_what_is_left();
}

void Worker::ask_all_that_is_due(Nanoseconds now) {
  if (now < timetable_.start) return;
  if (!schedule_) {
    while (!free_slots_.empty()) ask(now, now);
    return;
  }
  while (!free_slots_.empty() && schedule_->next() <= now && schedule_->next() < timetable_.end) {
    ask(schedule_->next(), now);
    schedule_->advance();
  }
}

void Worker::ask(Nanoseconds due, Nanoseconds now) {
  const std::uint32_t index = free_slots_.pop();
  Client& client = *clients_[index];
  Asked asked{due, now, workload_.next(random_), false};
  asked.is_checked = options_.check > 0 && uniform_share(random_) < options_.check;
  workload_.append_request(asked.question, client.connection.out());
  client.asked.push(asked);
  ++client.asked_on_connection;
  ++under_way_;
  if (due >= timetable_.measured_from) tally_.lateness.record(span(due, now));
  if (!client.is_touched) {
    client.is_touched = true;
    touched_.push_back(index);
  }
}

void Worker::flush_touched() {
  // flush() may reconnect and touch again: those wait for the next round.
  for (std::size_t i = 0, count = touched_.size(); i < count; ++i) {
    clients_[touched_[i]]->is_touched = false;
    flush(touched_[i]);
  }
  touched_.clear();
}

void Worker::flush(std::uint32_t index) {
  Client& client = *clients_[index];
  if (client.connection.flush() == Connection::Outcome::ended) {
    // Answers may lie before the end; where none do, receive() sees the end too.
    receive(index);
    return;
  }
  if (client.connection.has_unsent() != client.waits_for_writing) watch(index, false);
}

void Worker::wait(Nanoseconds now) {
  Nanoseconds span_ns = kWaitMax;
  if (now < timetable_.end) {
    span_ns = std::min(span_ns, timetable_.end - now);
    const Nanoseconds next = schedule_ ? schedule_->next() : std::max(now, timetable_.start);
    // A closed loop with free slots has them before its start alone.
    if (!free_slots_.empty()) span_ns = std::min(span_ns, next - now - kPollBefore);
  }
  const timespec timeout{0, static_cast<long>(std::max<Nanoseconds>(0, span_ns))};
  std::array<epoll_event, kEventsMax> events;
  const int count = ::epoll_pwait2(epoll_, events.data(), kEventsMax, &timeout, nullptr);
  if (count <= 0) return;
  for (int i = 0; i < count; ++i) {
    const std::uint32_t client = events[static_cast<std::size_t>(i)].data.u32;
    const std::uint32_t what = events[static_cast<std::size_t>(i)].events;
    if (clients_[client]->connection.has_unsent()) flush(client);
    if ((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) continue;
    do receive(client);
    while (clients_[client]->connection.has_unread());
  }
}

void Worker::receive(std::uint32_t index) {
  Client& client = *clients_[index];
  std::size_t count = 0;
  const auto outcome = client.connection.receive(buffer_.data(), buffer_.size(), count);
  if (outcome == Connection::Outcome::would_block) return;
  if (outcome == Connection::Outcome::ended) {
    reconnect(index, client.ends || client.asked.empty());
    return;
  }
  now_ = steady_now();
  const std::string_view fresh(buffer_.data(), count);
  if (client.received.empty()) {
    const std::size_t taken = take_answers(index, fresh);
    client.received.assign(fresh.substr(taken));
  } else {
    client.received.append(fresh);
    const std::size_t taken = take_answers(index, client.received);
    client.received.erase(0, taken);
  }
  const bool is_spent = options_.requests_per_connection > 0 &&
                        client.asked_on_connection >= options_.requests_per_connection &&
                        client.asked.empty();
  if (is_spent) reconnect(index, true);
}

// How many bytes of whole answers stood at the front.
std::size_t Worker::take_answers(std::uint32_t index, std::string_view bytes) {
  Client& client = *clients_[index];
  std::size_t taken = 0;
  while (taken < bytes.size()) {
    const std::string_view rest = bytes.substr(taken);
    const AnswerFramer::State state = client.framer.look(rest);
    if (state == AnswerFramer::State::more) break;
    if (state == AnswerFramer::State::malformed || client.asked.empty()) {
      fail(client.asked.empty() ? "an answer that nobody asked for" : "a malformed answer");
      return bytes.size();
    }
    const std::size_t size = client.framer.size();
    take(client, rest.substr(0, size));
    client.ends = client.framer.closes();
    client.framer.reset();
    taken += size;
    free_slots_.push(index);
  }
  return taken;
}

void Worker::take(Client& client, std::string_view answer) {
  const Asked asked = client.asked.pop();
  --under_way_;
  client.failures = 0;
  answered_.fetch_add(1, std::memory_order_relaxed);
  const auto status = static_cast<std::size_t>(client.framer.status());
  const bool is_good = status >= 200 && status < 300;
  const bool came_in_time = now_ >= timetable_.measured_from && now_ < timetable_.end;
  if (came_in_time) {
    ++tally_.statuses[std::min(status, tally_.statuses.size() - 1)];
    tally_.bytes += answer.size();
  }
  // An open loop measures what was due in its time, however late it came: leaving the late ones
  // out would be flattering.
  const bool was_due_in_time = schedule_ ? asked.due >= timetable_.measured_from : came_in_time;
  if (is_good && was_due_in_time) tally_.latency.record(span(asked.due, now_));
  // What the server takes is measured of all that it answers meanwhile: under overload those were
  // due long before.
  if (came_in_time) (is_good ? tally_.service : tally_.refusals).record(span(asked.sent, now_));
  if (!is_good && !options_.allow_refusals) fail("status " + std::to_string(status));
  if (!is_good || !asked.is_checked) return;
  ++tally_.checked;
  std::string why = workload_.fault(asked.question, client.framer.body(answer));
  if (!why.empty()) fail(std::move(why));
}

// A new connection in the place of one that ended; what was not answered is asked again, since
// nothing here changes the server's state.
void Worker::reconnect(std::uint32_t index, bool is_orderly) {
  Client& client = *clients_[index];
  ++(is_orderly ? tally_.reconnected : tally_.broken);
  if (++client.failures > kFailuresMax) {
    throw std::runtime_error(options_.url + " ends connections without an answer.");
  }
  if (!client.connection.open(destination_, false)) {
    throw std::runtime_error(options_.url + " takes no more connections.");
  }
  client.framer.reset();
  client.received.clear();
  client.ends = false;
  client.asked_on_connection = static_cast<std::uint32_t>(client.asked.size());
  for (std::size_t i = 0; i < client.asked.size(); ++i) {
    workload_.append_request(client.asked[i].question, client.connection.out());
  }
  client.connection.flush();
  watch(index, true);
}

void Worker::watch(std::uint32_t index, bool is_new) {
  Client& client = *clients_[index];
  client.waits_for_writing = client.connection.has_unsent();
  epoll_event event{};
  event.events = EPOLLIN | (client.waits_for_writing ? static_cast<std::uint32_t>(EPOLLOUT) : 0);
  event.data.u32 = index;
  ::epoll_ctl(epoll_, is_new ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, client.connection.descriptor(),
              &event);
}

void Worker::fail(std::string what) {
  ++tally_.wrong;
  wrong_.fetch_add(1, std::memory_order_relaxed);
  if (tally_.faults.size() < Tally::kFaultsKept) tally_.faults.push_back(std::move(what));
}

void Worker::count_what_is_left() {
  tally_.unanswered = under_way_;
  if (!schedule_) return;
  // What was due and never sent waited until the end at least.
  for (; schedule_->next() < timetable_.end; schedule_->advance()) {
    if (schedule_->next() < timetable_.measured_from) continue;
    ++tally_.unsent;
    tally_.latency.record(span(schedule_->next(), timetable_.end));
  }
}

}  // namespace chayan::loadtest
