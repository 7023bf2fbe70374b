#include "log/checkpoint.h"

#include <gtest/gtest.h>

#include <vector>

#include "log/merkle.h"

namespace chayan::log {
namespace {

using crypto::SignatureScheme;
using crypto::SigningKey;

NoteSigner signer(std::string name = "chayan.example/log",
                  SignatureScheme scheme = SignatureScheme::ed25519, Hash secret = Hash{42}) {
  return NoteSigner(std::move(name), SigningKey(scheme, secret));
}

std::string sign(std::string_view text, NoteSigner with = signer()) {
  std::vector<NoteSigner> signers;
  signers.push_back(std::move(with));
  return sign_note(text, signers);
}

const Checkpoint kCheckpoint{"chayan.example/log", 70'000, leaf_hash("")};
constexpr std::string_view kText =
    "chayan.example/log\n70000\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n";

// The note and the key that C2SP signed-note and Go's sumdb/note show as their example.
TEST(Note, OpensThePublishedExample) {
  const auto key = parse_verifier_line(
      "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "key");
  ASSERT_TRUE(key);
  const std::string_view note =
      "If you think cryptography is the answer to your problem,\n"
      "then you don't know what your problem is.\n"
      "\n"
      "\xE2\x80\x94 PeterNeumann "
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
      "\n";
  const auto text = open_note(note, *key);
  ASSERT_TRUE(text) << text.error().message.en;
  EXPECT_TRUE(text->ends_with("problem is.\n"));
}

TEST(Checkpoint, GoldenTextAndBack) {
  EXPECT_EQ(checkpoint_text(kCheckpoint), kText);
  EXPECT_EQ(parse_checkpoint_text(kText).value(), kCheckpoint);
  for (const std::string_view bad :
       {"", "\n", "a\n1\n", "a\n1\nAAAA\n", "a\n01\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "a\n-1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "a\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=",
        "a\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\nmore\n",
        "a\n99999999999999999999\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"}) {
    EXPECT_FALSE(parse_checkpoint_text(bad)) << bad;
  }
}

TEST(Checkpoint, SignedItOpensWithItsKeyAndNoOther) {
  for (const auto scheme : {SignatureScheme::ed25519, SignatureScheme::sm2}) {
    const NoteSigner ours = signer("chayan.example/log", scheme);
    const NoteKey key = ours.key();
    const std::string note = sign(kText, signer("chayan.example/log", scheme));
    EXPECT_EQ(open_checkpoint(note, key).value(), kCheckpoint);
    EXPECT_EQ(parse_verifier_line(verifier_line(key), "key").value(), key);
    EXPECT_FALSE(open_checkpoint(note, signer("chayan.example/log", scheme, Hash{43}).key()));
    EXPECT_FALSE(open_checkpoint(note, signer("other.example/log", scheme).key()));
  }
}

TEST(Checkpoint, OfAnotherLogIsRefusedThoughTheKeySignedIt) {
  const Checkpoint other{"other.example/log", 1, leaf_hash("")};
  const std::string note = sign(checkpoint_text(other));
  EXPECT_FALSE(open_checkpoint(note, signer().key()));
}

// C2SP signed-note has names without Unicode spaces and plus characters; Go's x/mod refuses to
// verify under any other, and what is not UTF-8.
TEST(Note, ANameThatOthersRefuseIsNoKeysName) {
  for (const std::string_view good : {"chayan.example/log", "查验.example/目录", "a", "e\u0301"}) {
    EXPECT_TRUE(check_key_name(good, "name")) << good;
  }
  for (const std::string_view bad : {"",         " ",        "a b",      "a+b",
                                     "a\tb",     "a\nb",     "a\x7F",    "a\u0085b",
                                     "a\u00A0b", "a\u1680b", "a\u2003b", "a\u2028b",
                                     "a\u2029b", "a\u202Fb", "a\u205Fb", "查验\u3000目录",
                                     "\xFF",     "a\xC2",    "\xC0\xAF", "\xED\xA0\x80"}) {
    EXPECT_EQ(check_key_name(bad, "name").error().code, ErrorCode::invalid_argument) << bad;
    const std::string line = verifier_line(signer(std::string(bad)).key());
    EXPECT_FALSE(parse_verifier_line(line, "key")) << bad;
  }
}

TEST(Note, SignaturesOfUnknownKeysArePassedOver) {
  std::vector<NoteSigner> signers;
  signers.push_back(signer("witness.example/w"));
  signers.push_back(signer());
  signers.push_back(signer("chayan.example/log", SignatureScheme::sm2));
  const std::string note = sign_note(kText, signers);
  for (const NoteSigner& known : signers) {
    EXPECT_EQ(open_note(note, known.key()).value(), kText);
  }
}

TEST(Note, AnyFlippedBitIsFoundOutOrLeavesTheTextAsItWas) {
  const std::string note = sign(kText);
  for (std::size_t bit = 0; bit < note.size() * 8; ++bit) {
    std::string flipped = note;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    const auto text = open_note(flipped, signer().key());
    EXPECT_FALSE(text) << "bit " << bit;
  }
  for (std::size_t length = 0; length < note.size(); ++length) {
    EXPECT_FALSE(open_note(std::string_view(note).substr(0, length), signer().key())) << length;
  }
  EXPECT_FALSE(open_note(note + "x", signer().key()));
  EXPECT_FALSE(open_note(note + "\n", signer().key()));
  EXPECT_FALSE(open_note(std::string(kNoteBytesMax + 1, '\n') + note, signer().key()));
}

TEST(Note, KeyLinesThatAreNoneAreRefused) {
  const std::string line = verifier_line(signer().key());
  for (const std::string& bad :
       {std::string(), std::string("a"), std::string("a+b"), std::string("a+b+c"), line + "A",
        "x" + line, line.substr(1), std::string(line).replace(line.find('+') + 1, 1, "z")}) {
    const auto parsed = parse_verifier_line(bad, "--vkey");
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().field, "--vkey");
  }
  for (const std::string_view name : {"", "a b", "a+b", "a\nb"}) {
    EXPECT_FALSE(check_key_name(name, "origin")) << name;
  }
  EXPECT_TRUE(check_key_name("chayan.example/log", "origin"));
}

}  // namespace
}  // namespace chayan::log
