// From an answer's bytes to what goes out: validator, 304, content coding and the fields that
// caches read.
#pragma once

#include <string>
#include <string_view>

#include "api/route.h"
#include "http/content_coding.h"
#include "http/message.h"

namespace chayan::api {

// RFC 9110 section 13.1.2: whether If-None-Match names this entity tag (weak comparison) or is "*".
bool names_etag(std::string_view if_none_match, std::string_view etag);

// The digest covers the bytes before coding and the name of the coding: a library that compresses
// differently after an upgrade sends other bytes, but never under a tag that a client still holds
// for a different content.
std::string etag_of(http::Coding coding, std::string_view body);

// RFC 9110 section 13.2.2: If-Modified-Since counts only where If-None-Match is not given, and only
// where the response says a date and both can be read.
bool client_has_it(const http::Request& request, const http::Response& response,
                   std::string_view etag);

// Makes the complete answer a 304 where the client has it, by its ETag or Last-Modified.
void answer_condition(const http::Request& request, http::Response& response);

// Adds Cache-Control, Vary and the security fields, and to a GET that succeeded and may be kept the
// ETag, a digest of the bytes and the coding. Answers 304 where the client has them (by ETag, or by
// the Last-Modified that the handler set); else encodes.
void finish_representation(const Route& route, const http::Request& request,
                           http::Response& response);

// The fields that every page has, whatever its status. `camera`: its scripts may ask for one.
void set_page_headers(http::Response& response, bool camera = false);

}  // namespace chayan::api
