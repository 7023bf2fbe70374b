// tlog_verifier reads a transparency log over HTTP and checks everything it can, with code that is
// not ours: golang.org/x/mod/sumdb's note and tlog, which verify Go's own checksum database.
//
//	tlog_verifier -url http://127.0.0.1:8080 -vkey NAME+ID+KEY -size N -seen DIR -seed S
//
// The verifier key comes from the command line and never from the server. DIR keeps the checkpoints
// of earlier runs, which the log must still agree with. The first doubt ends the program with 1 and
// a sentence on stderr.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight   = 8
	tileWidth    = 1 << tileHeight
	randomLeaves = 50
	randomPairs  = 50
	feedAnswers  = 30
)

// require ends the program where something does not hold.
func require(err error, format string, values ...interface{}) {
	if err != nil {
		fmt.Fprintf(os.Stderr, format+": %v\n", append(values, err)...)
		os.Exit(1)
	}
}

func errorUnless(holds bool, message string) error {
	if holds {
		return nil
	}
	return errors.New(message)
}

// remoteLog is the log as its server shows it. It is a tlog.TileReader, and keeps nothing: every
// proof is made from tiles that were asked for anew.
type remoteLog struct {
	url string
	key note.Verifier
}

func (l *remoteLog) ask(path string) (status int, body []byte, err error) {
	response, err := http.Get(l.url + path)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

func (l *remoteLog) get(path string) ([]byte, error) {
	status, body, err := l.ask(path)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("GET %s: status %d", path, status)
	}
	return body, err
}

// tilePath is where C2SP tlog-tiles has a tile. x/mod's own path is older: it begins with the
// height, and entries are "data" there.
func tilePath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "/tile/" + strings.Replace(path, "data/", "entries/", 1)
}

func (l *remoteLog) Height() int { return tileHeight }

func (l *remoteLog) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		hashes, err := l.get(tilePath(tile))
		if err != nil {
			return nil, err
		}
		all = append(all, hashes)
	}
	return all, nil
}

func (l *remoteLog) SaveTiles([]tlog.Tile, [][]byte) {}

// openCheckpoint verifies a signed note and reads the tree that it speaks of.
func (l *remoteLog) openCheckpoint(signed []byte) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(l.key))
	if err != nil {
		return tlog.Tree{}, err
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != l.key.Name() {
		return tlog.Tree{}, fmt.Errorf("not three lines under the key's name: %q", opened.Text)
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return tlog.Tree{}, fmt.Errorf("not a size: %q", lines[1])
	}
	root, err := tlog.ParseHash(lines[2])
	return tlog.Tree{N: size, Hash: root}, err
}

// entries reads the first `width` entries of bundle `index`.
func (l *remoteLog) entries(index int64, width int) ([][]byte, error) {
	path := tilePath(tlog.Tile{H: tileHeight, L: -1, N: index, W: width})
	rest, err := l.get(path)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for len(rest) > 0 {
		if len(rest) < 2 || len(rest) < 2+int(binary.BigEndian.Uint16(rest)) {
			return nil, fmt.Errorf("%s ends within an entry", path)
		}
		length := int(binary.BigEndian.Uint16(rest))
		entries = append(entries, rest[2:2+length])
		rest = rest[2+length:]
	}
	if len(entries) != width {
		return nil, fmt.Errorf("%s has %d entries", path, len(entries))
	}
	return entries, nil
}

// rebuiltTree is the tree over all entries, computed here by x/mod from nothing but the entries. It
// is a tlog.HashReader.
type rebuiltTree struct {
	entries [][]byte
	hashes  []tlog.Hash
}

func (r *rebuiltTree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var hashes []tlog.Hash
	for _, index := range indexes {
		hashes = append(hashes, r.hashes[index])
	}
	return hashes, nil
}

func (r *rebuiltTree) add(entry []byte) {
	hashes, err := tlog.StoredHashes(int64(len(r.entries)), entry, r)
	require(err, "hashes of entry %d", len(r.entries))
	r.entries = append(r.entries, entry)
	r.hashes = append(r.hashes, hashes...)
}

func (r *rebuiltTree) at(size int64) tlog.Tree {
	if size == 0 { // x/mod 0.7 still calls it all zero; RFC 6962 fixes it
		return tlog.Tree{Hash: sha256.Sum256(nil)}
	}
	root, err := tlog.TreeHash(size, r)
	require(err, "root of the first %d entries", size)
	return tlog.Tree{N: size, Hash: root}
}

func checkConsistency(proof tlog.TreeProof, newer, older tlog.Tree) error {
	if older.N == 0 { // x/mod has no such proofs: an empty tree is the beginning of any
		empty := tlog.Tree{Hash: sha256.Sum256(nil)}
		return errorUnless(len(proof) == 0 && older == empty, "not the empty tree")
	}
	return tlog.CheckTree(proof, newer.N, newer.Hash, older.N, older.Hash)
}

// verification is one run: the log, the tree that its checkpoint fixes, and the tree that its
// entries make.
type verification struct {
	log     *remoteLog
	tree    tlog.Tree
	rebuilt rebuiltTree
	random  *rand.Rand
}

func (v *verification) readCheckpoint(size int64) (signed []byte) {
	signed, err := v.log.get("/checkpoint")
	require(err, "checkpoint")
	v.tree, err = v.log.openCheckpoint(signed)
	require(err, "checkpoint")
	require(errorUnless(v.tree.N == size, "another size than expected"), "checkpoint of %d", v.tree.N)
	return signed
}

func (v *verification) readEntries() {
	for index := int64(0); index*tileWidth < v.tree.N; index++ {
		width := v.tree.N - index*tileWidth
		if width > tileWidth {
			width = tileWidth
		}
		entries, err := v.log.entries(index, int(width))
		require(err, "entries")
		for _, entry := range entries {
			v.rebuilt.add(entry)
		}
	}
	require(errorUnless(v.rebuilt.at(v.tree.N) == v.tree, "their root is not the checkpoint's"),
		"entries")
}

// checkEnd asks for what is behind the end of the tree: no tile is ever empty, nor longer than the
// tree.
func (v *verification) checkEnd() {
	next := v.tree.N / tileWidth
	width := int(v.tree.N%tileWidth) + 1
	for _, level := range []int{0, -1} {
		path := tilePath(tlog.Tile{H: tileHeight, L: level, N: next, W: width})
		status, _, err := v.log.ask(path)
		require(err, "behind the end")
		require(errorUnless(status == http.StatusNotFound, "is there"), "behind the end: %s", path)
	}
}

// leaves are all of a small tree; of a large one its edges and random ones.
func (v *verification) leaves() (leaves []int64) {
	if v.tree.N <= 2*tileWidth {
		for leaf := int64(0); leaf < v.tree.N; leaf++ {
			leaves = append(leaves, leaf)
		}
		return leaves
	}
	leaves = []int64{0, tileWidth - 1, tileWidth, v.tree.N - 1}
	for i := 0; i < randomLeaves; i++ {
		leaves = append(leaves, v.random.Int63n(v.tree.N))
	}
	return leaves
}

func (v *verification) checkInclusion() (checked int) {
	tiles := tlog.TileHashReader(v.tree, v.log)
	for _, leaf := range v.leaves() {
		proof, err := tlog.ProveRecord(v.tree.N, leaf, tiles)
		require(err, "inclusion of leaf %d", leaf)
		hash := tlog.RecordHash(v.rebuilt.entries[leaf])
		err = tlog.CheckRecord(proof, v.tree.N, v.tree.Hash, leaf, hash)
		require(err, "inclusion of leaf %d", leaf)
		checked++
	}
	return checked
}

// proveByTiles proves `older` from the tiles that the log has for `newer`.
func (v *verification) proveByTiles(newer, older tlog.Tree) error {
	if older.N == 0 {
		return checkConsistency(nil, newer, older)
	}
	proof, err := tlog.ProveTree(newer.N, older.N, tlog.TileHashReader(newer, v.log))
	if err != nil {
		return err
	}
	return checkConsistency(proof, newer, older)
}

// checkPair takes the log as a reader sees it who still holds the checkpoint of `newer`: partial
// tiles and bundles of that size stay available.
func (v *verification) checkPair(newer, older int64) {
	err := v.proveByTiles(v.rebuilt.at(newer), v.rebuilt.at(older))
	require(err, "consistency of %d with %d", newer, older)
	first := (newer - 1) / tileWidth * tileWidth
	entries, err := v.log.entries(first/tileWidth, int(newer-first))
	require(err, "last entries of %d", newer)
	for i, entry := range entries {
		require(errorUnless(bytes.Equal(entry, v.rebuilt.entries[first+int64(i)]), "another now"),
			"entry %d", first+int64(i))
	}
}

func (v *verification) checkConsistency() (checked int) {
	if v.tree.N == 0 {
		return 0
	}
	for i := 0; i < randomPairs; i++ {
		newer := 1 + v.random.Int63n(v.tree.N)
		older := 1 + v.random.Int63n(newer)
		v.checkPair(newer, older)
		v.checkPair(v.tree.N, older)
		checked += 2
	}
	return checked
}

// checkSeen holds the log against every checkpoint that earlier runs have seen.
func (v *verification) checkSeen(directory string) (checked int) {
	files, err := os.ReadDir(directory)
	require(err, "seen checkpoints")
	for _, file := range files {
		signed, err := os.ReadFile(filepath.Join(directory, file.Name()))
		require(err, "seen checkpoint")
		older, err := v.log.openCheckpoint(signed)
		require(err, "seen checkpoint %s", file.Name())
		require(v.proveByTiles(v.tree, older), "consistency with the seen checkpoint of %d", older.N)
		checked++
	}
	return checked
}

type feedLine struct {
	Entry       json.RawMessage
	Checkpoint  string
	Consistency []tlog.Hash
	Size        int64
}

// checkFeed asks the change feed for up to `limit` entries from `first` on: they are the log's, and
// the proof in its last line, which our own prover made, is one that x/mod accepts.
func (v *verification) checkFeed(first, limit int64) {
	path := fmt.Sprintf("/v1/changes?limit=%d", limit)
	if first > 0 {
		path += fmt.Sprintf("&after=%d", first-1)
	}
	body, err := v.log.get(path)
	require(err, "feed")
	lines := bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
	next := first
	for i, text := range lines {
		var line feedLine
		require(json.Unmarshal(text, &line), "feed: line %d of %s", i, path)
		if i == len(lines)-1 {
			served := next - first
			enough := served <= limit && (served > 0 || first == v.tree.N)
			require(errorUnless(enough, "too few or too many"), "feed: %d entries of %s", served, path)
			v.checkFeedEnd(path, line, next)
			return
		}
		require(errorUnless(next < v.tree.N && bytes.Equal(line.Entry, v.rebuilt.entries[next]),
			"not the log's"), "feed: entry %d of %s", next, path)
		next++
	}
}

func (v *verification) checkFeedEnd(path string, end feedLine, next int64) {
	tree, err := v.log.openCheckpoint([]byte(end.Checkpoint))
	require(err, "feed: checkpoint of %s", path)
	require(errorUnless(tree == v.tree && end.Size == next, "another tree, or another end"),
		"feed: end of %s", path)
	err = checkConsistency(end.Consistency, tree, v.rebuilt.at(next))
	require(err, "feed: consistency of %d with %d by %s", tree.N, next, path)
}

func (v *verification) checkFeeds() (checked int) {
	v.checkFeed(0, 1)
	v.checkFeed(v.tree.N, 1)
	for i := 0; i < feedAnswers; i++ {
		v.checkFeed(v.random.Int63n(v.tree.N+1), 1+v.random.Int63n(1000))
	}
	return feedAnswers + 2
}

func main() {
	url := flag.String("url", "", "the log's server, without a slash at the end")
	vkey := flag.String("vkey", "", "verifier key of the log, NAME+ID+KEY")
	size := flag.Int64("size", 0, "entries that the checkpoint must cover")
	seen := flag.String("seen", "", "directory of the checkpoints of earlier runs")
	seed := flag.Int64("seed", 0, "of what is chosen at random")
	flag.Parse()

	key, err := note.NewVerifier(*vkey)
	require(err, "-vkey")
	v := verification{
		log:    &remoteLog{*url, key},
		random: rand.New(rand.NewSource(*seed)),
	}
	signed := v.readCheckpoint(*size)
	v.readEntries()
	v.checkEnd()
	leaves := v.checkInclusion()
	pairs := v.checkConsistency()
	older := v.checkSeen(*seen)
	answers := v.checkFeeds()
	fmt.Printf("%d entries verified: %d inclusions, %d consistent pairs, %d seen checkpoints, "+
		"%d feed answers\n", v.tree.N, leaves, pairs, older, answers)
	require(os.WriteFile(filepath.Join(*seen, strconv.FormatInt(v.tree.N, 10)), signed, 0o600),
		"seen checkpoint")
}
