#include "crypto/keyed_index.h"

#include <algorithm>
#include <mutex>

#include "crypto/evp.h"
#include "crypto/thread_cache.h"

namespace chayan::crypto {
namespace {

ThreadCache<evp::MacContext>& thread_contexts() {
  thread_local ThreadCache<evp::MacContext> contexts;
  return contexts;
}

}  // namespace

struct KeyedIndex::State {
  const std::uint64_t id = next_owner_id();
  std::mutex mutex;  // duplicating is rare; nothing in OpenSSL says that it may be done at once
  evp::MacContext keyed;

  explicit State(const Suite& suite) : keyed(evp::make_hmac(suite.digest.name)) {}

  evp::MacContext duplicate() {
    const std::lock_guard lock(mutex);
    evp::MacContext context(EVP_MAC_CTX_dup(keyed.get()));
    evp::require(context != nullptr, "EVP_MAC_CTX_dup");
    return context;
  }
};

KeyedIndex::KeyedIndex(const Suite& suite, const Hash& index_key)
    : state_(std::make_unique<State>(suite)) {
  evp::set_key(state_->keyed.get(), view(index_key));
}

KeyedIndex::~KeyedIndex() {
  thread_contexts().drop(state_->id);
}

RowKey KeyedIndex::mac(std::string_view label, std::string_view value) const {
  const evp::MacContext& context =
      thread_contexts().get(state_->id, [this] { return state_->duplicate(); });
  const Hash whole = evp::mac(context.get(), {label, value});
  RowKey key;
  std::copy_n(whole.begin(), key.size(), key.begin());
  return key;
}

}  // namespace chayan::crypto
