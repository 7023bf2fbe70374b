// Listeners that require a client certificate.
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/bytes.h"
#include "tests/server/test_server.h"
#include "tests/support/self_signed.h"

namespace chayan::test {
namespace {

using namespace std::chrono_literals;

template <typename T, void (*free_one)(T*)>
struct Freed {
  void operator()(T* one) const { free_one(one); }
};
using Certificate = std::unique_ptr<X509, Freed<X509, X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY, EVP_PKEY_free>>;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Closer>;

File open(const std::string& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode));
  if (!file) throw std::runtime_error("cannot open " + path);
  return file;
}
Certificate read_certificate(const SelfSigned& files) {
  return Certificate(
      PEM_read_X509(open(files.certificate_file(), "r").get(), nullptr, nullptr, nullptr));
}
Key read_key(const SelfSigned& files) {
  return Key(PEM_read_PrivateKey(open(files.key_file(), "r").get(), nullptr, nullptr, nullptr));
}
void write(const SelfSigned& files, const Certificate& certificate, const Key& key) {
  ASSERT_EQ(PEM_write_X509(open(files.certificate_file(), "w").get(), certificate.get()), 1);
  ASSERT_EQ(PEM_write_PrivateKey(open(files.key_file(), "w").get(), key.get(), nullptr, nullptr, 0,
                                 nullptr, nullptr),
            1);
}
// False where OpenSSL itself does not read it: then nobody can come with it.
bool can_be_presented(const SelfSigned& files) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  return SSL_CTX_use_certificate_chain_file(context.get(), files.certificate_file().c_str()) == 1;
}
std::string fingerprint(const Certificate& certificate) {
  std::string digest(32, '\0');
  unsigned bytes = 0;
  X509_digest(certificate.get(), EVP_sha256(), reinterpret_cast<unsigned char*>(digest.data()),
              &bytes);
  return digest;
}

class ClientCertificates : public ::testing::TestWithParam<int> {
 protected:
  // Answers with the certificate's fingerprint in hex. Listener 0 requires one, 1 does not.
  server::Options options() const {
    server::Options made = echo_options();
    server::Listener& partner = made.listeners[0];
    partner.tls_certificate_file = server_files_.certificate_file();
    partner.tls_key_file = server_files_.key_file();
    partner.application.answer = [](const http::Request& request, http::Response& response) {
      response.body = to_hex(request.peer_certificate);
    };
    made.listeners.push_back(partner);
    made.listeners[0].client_certificate = true;
    return made;
  }
  static ClientTls tls(const SelfSigned* files) {
    ClientTls made;
    made.version_max = GetParam();
    if (files != nullptr) {
      made.certificate_file = files->certificate_file();
      made.key_file = files->key_file();
    }
    return made;
  }
  // The fingerprint that the server saw; nothing where the handshake failed.
  static std::string seen(const TestServer& server, const ClientTls& tls) {
    HttpClient client = server.connect();
    if (!client.start_tls(tls) || !client.send(get("/"))) return {};
    const auto reply = client.read_reply();
    client.reset();  // leaves no port behind in TIME_WAIT, however many are asked
    return reply ? reply->body : std::string();
  }
  void expect_refused(const SelfSigned* files) const {
    TestServer server(options());
    EXPECT_EQ(seen(server, tls(files)), "");
    EXPECT_TRUE(eventually([&] { return server->counters().connections_open == 0; }));
    EXPECT_EQ(server->counters().tls_handshakes_failed, 1U);
    EXPECT_EQ(server->counters().requests_answered, 0U);
  }

  const SelfSigned server_files_;
};

INSTANTIATE_TEST_SUITE_P(Versions, ClientCertificates,
                         ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const auto& version) {
                           return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

TEST_P(ClientCertificates, SelfSignedOnesAreTakenAndTold) {
  TestServer server(options());
  const SelfSigned one;
  const SelfSigned two;
  EXPECT_EQ(seen(server, tls(&one)), to_hex(one.fingerprint()));
  EXPECT_EQ(seen(server, tls(&two)), to_hex(two.fingerprint()));
  EXPECT_EQ(server->counters().tls_handshakes_failed, 0U);
}

TEST_P(ClientCertificates, OfAnUnknownIssuerAreTaken) {
  TestServer server(options());
  const SelfSigned issuer;
  const SelfSigned files;
  const Certificate certificate = read_certificate(files);
  X509_NAME* const name = X509_get_issuer_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("issuer"), -1, -1, 0);
  ASSERT_GT(X509_sign(certificate.get(), read_key(issuer).get(), EVP_sha256()), 0);
  write(files, certificate, read_key(files));
  EXPECT_NE(fingerprint(certificate), files.fingerprint());
  EXPECT_EQ(seen(server, tls(&files)), to_hex(fingerprint(certificate)));
}

TEST_P(ClientCertificates, AreRequired) {
  expect_refused(nullptr);
}

TEST_P(ClientCertificates, ThatHaveExpiredAreRefused) {
  const SelfSigned files(-48h, -1h);
  expect_refused(&files);
}

TEST_P(ClientCertificates, ThatAreNotYetValidAreRefused) {
  const SelfSigned files(1h, 48h);
  expect_refused(&files);
}

TEST_P(ClientCertificates, WithATimeThatCannotBeReadAreRefused) {
  for (const bool begin : {true, false}) {
    const SelfSigned files;
    const Certificate certificate = read_certificate(files);
    const Key key = read_key(files);
    ASN1_TIME* const time =
        begin ? X509_getm_notBefore(certificate.get()) : X509_getm_notAfter(certificate.get());
    ASSERT_EQ(ASN1_STRING_set(time, "soon enough", -1), 1);
    ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    write(files, certificate, key);
    // Bookworm's OpenSSL 3.0 reads such a certificate, trixie's 3.5 does not.
    if (can_be_presented(files)) expect_refused(&files);
  }
}

TEST_P(ClientCertificates, ThatSignThemselvesWronglyAreRefused) {
  const SelfSigned other;
  const SelfSigned files;
  const Certificate certificate = read_certificate(files);
  ASSERT_GT(X509_sign(certificate.get(), read_key(other).get(), EVP_sha256()), 0);
  write(files, certificate, read_key(files));
  expect_refused(&files);
}

TEST_P(ClientCertificates, WithAWeakKeyAreRefused) {
  const SelfSigned files;
  const Certificate certificate = read_certificate(files);
  const Key key(EVP_RSA_gen(1024));
  ASSERT_TRUE(key);
  ASSERT_EQ(X509_set_pubkey(certificate.get(), key.get()), 1);
  ASSERT_GT(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
  write(files, certificate, key);
  expect_refused(&files);
}

// A connection that has got a reply, and what is needed to resume its session.
std::shared_ptr<SSL_SESSION> session_of(const TestServer& server, const ClientTls& tls) {
  HttpClient client = server.connect();
  if (!client.start_tls(tls) || !client.send(get("/")) || !client.read_reply()) return nullptr;
  return client.tls_session();
}

TEST_P(ClientCertificates, AreKnownInResumedSessions) {
  server::Options wide = options();
  wide.threads = 2;
  TestServer server(std::move(wide));
  const SelfSigned files;
  const auto session = session_of(server, tls(&files));
  ASSERT_TRUE(session);
  const SelfSigned other;
  for (const SelfSigned* brought : {&files, &other, static_cast<const SelfSigned*>(nullptr)}) {
    ClientTls again = tls(brought);
    again.resumed = session.get();
    HttpClient client = server.connect();
    ASSERT_TRUE(client.start_tls(again));
    EXPECT_TRUE(client.is_resumed());
    client.send(get("/"));
    const auto reply = client.read_reply();
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->body, to_hex(files.fingerprint()));  // the session's, whatever is brought now
  }
}

TEST_P(ClientCertificates, CannotBeResumedFromAListenerThatAskedForNone) {
  TestServer server(options());
  ClientTls without = tls(nullptr);
  HttpClient open = server.connect(1);
  ASSERT_TRUE(open.start_tls(without));
  open.send(get("/"));
  EXPECT_EQ(open.read_reply()->body, "");
  const auto session = open.tls_session();
  without.resumed = session.get();
  EXPECT_EQ(seen(server, without), "");
  EXPECT_TRUE(eventually([&] { return server->counters().tls_handshakes_failed == 1; }));
}

TEST_P(ClientCertificates, ThatExpireEndTheirSessionsToo) {
  TestServer server(options());
  const SelfSigned files(-1h, 3s);
  ClientTls again = tls(&files);
  const auto session = session_of(server, again);
  ASSERT_TRUE(session);
  again.resumed = session.get();
  EXPECT_TRUE(eventually([&] {
    seen(server, again);
    return server->counters().tls_handshakes_failed > 0;
  }));
  EXPECT_EQ(seen(server, again), "");
}

TEST(ClientCertificate, NeedsTls) {
  server::Options options = echo_options();
  options.listeners[0].client_certificate = true;
  const auto created = server::Server::create(std::move(options));
  ASSERT_FALSE(created);
  EXPECT_EQ(created.error().field, "client_certificate");
}

}  // namespace
}  // namespace chayan::test
