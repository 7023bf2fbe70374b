// The service as functions from request to response. It knows no sockets; serve.cpp hands the two
// applications to the server.
#pragma once

#include <memory>

#include "api/services.h"
#include "http/message.h"

namespace chayan::api {

class Api {
 public:
  // What `services` refers to must outlive it.
  explicit Api(Services services);
  ~Api();

  // Both must not outlive the Api. Every function of them may be called from any thread at once and
  // throws nothing.
  http::Application public_application() const;
  http::Application admin_application() const;    // health and metrics; for loopback
  http::Application partner_application() const;  // the feed with private fields; mTLS alone

 private:
  class Dispatch;
  std::unique_ptr<Dispatch> dispatch_;
};

}  // namespace chayan::api
