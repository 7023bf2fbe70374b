// receipt_verifier checks a receipt with code that is not ours: golang.org/x/mod's note and tlog,
// Go's own SHA-256, and for SM3, which Go has not, the openssl command. It follows
// src/receipt/receipt.h and nothing else.
//
//	receipt_verifier VKEY FILE
//
// It prints the opened fields of each statement; the first doubt ends it with 1 and a sentence.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type openedField struct {
	Salt  []byte
	Value string
}

type statement struct {
	Index     int64
	Entry     string
	Inclusion [][]byte
	Opened    map[string]openedField
	Closed    [][]byte
}

type receipt struct {
	Version    int `json:"chayan_receipt"`
	Statements []statement
	Checkpoint string
}

func require(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func openCheckpoint(signed string, vkey string) (tree tlog.Tree, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		return tree, errors.New("not a checkpoint under the key's name")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func checkInclusion(tree tlog.Tree, s statement) error {
	var proof tlog.RecordProof
	for _, step := range s.Inclusion {
		var hash tlog.Hash
		if copy(hash[:], step) != len(step) || len(step) != tlog.HashSize {
			return errors.New("a step of another length")
		}
		proof = append(proof, hash)
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, s.Index, tlog.RecordHash([]byte(s.Entry)))
}

func prefixed(text string) []byte {
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(text))), text...)
}

// hasher is H of the entry's commitment.
func hasher(alg string) (func(...[]byte) []byte, error) {
	switch alg {
	case "sha256":
		return func(parts ...[]byte) []byte {
			digest := sha256.Sum256(bytes.Join(parts, nil))
			return digest[:]
		}, nil
	case "sm3":
		return func(parts ...[]byte) []byte {
			openssl := exec.Command("openssl", "dgst", "-sm3", "-binary")
			openssl.Stdin = bytes.NewReader(bytes.Join(parts, nil))
			digest, err := openssl.Output()
			require(err, "openssl")
			return digest
		}, nil
	}
	return nil, errors.New("a digest that this program does not know")
}

// checkFields holds what is opened and closed against the commitment of the entry.
func checkFields(s statement) error {
	var entry struct {
		Seq  int64
		Body struct{ Alg, Commitment string }
	}
	if err := json.Unmarshal([]byte(s.Entry), &entry); err != nil {
		return err
	}
	if entry.Seq != s.Index {
		return errors.New("the entry is another one")
	}
	if entry.Body.Commitment == "" && len(s.Closed) == 0 && len(s.Opened) == 0 {
		return nil
	}
	h, err := hasher(entry.Body.Alg)
	if err != nil {
		return err
	}
	digests := s.Closed
	for name, field := range s.Opened {
		digests = append(digests, h(field.Salt, prefixed(name), prefixed(field.Value)))
	}
	sort.Slice(digests, func(i, j int) bool { return bytes.Compare(digests[i], digests[j]) < 0 })
	if hex.EncodeToString(h(digests...)) != entry.Body.Commitment {
		return errors.New("not what the entry commits to")
	}
	return nil
}

func main() {
	text, err := os.ReadFile(os.Args[2])
	require(err, "file")
	var given receipt
	require(json.Unmarshal(text, &given), "receipt")
	tree, err := openCheckpoint(given.Checkpoint, os.Args[1])
	require(err, "checkpoint")
	for _, s := range given.Statements {
		require(checkInclusion(tree, s), "inclusion")
		require(checkFields(s), "fields")
		for _, name := range []string{"certificate_number", "holder_name", "document_number"} {
			if field, ok := s.Opened[name]; ok {
				fmt.Printf("%d %s=%s\n", s.Index, name, field.Value)
			}
		}
	}
	fmt.Printf("%d statements of %d entries\n", len(given.Statements), tree.N)
}
