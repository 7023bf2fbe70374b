// CHAYAN_SANITIZED: this build carries AddressSanitizer or ThreadSanitizer, whose memory is not ours
// to measure. g++ says so by a macro, clang by a feature.
#pragma once

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CHAYAN_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CHAYAN_SANITIZED
#endif
#endif
