// Outside checks a log with golang.org/x/mod/sumdb, which no one here wrote: it opens the signed
// note, reads the tiles and proves every entry and every earlier size by itself, and checks the
// proofs that the log itself gives.
//
//	outside FOLDER
//
// FOLDER has the log's files as they are served (log/key, log/checkpoint, log/tile/…) and
// proofs.json: {"earlier":[{"size","root","proof":[]}],"entries":[{"index","proof":[]}]}, hashes in
// base64.
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type earlier struct {
	Size  int64
	Root  tlog.Hash
	Proof tlog.TreeProof
}

type entry struct {
	Index int64
	Proof tlog.RecordProof
}

type proofs struct {
	Earlier []earlier
	Entries []entry
}

// folder reads tiles. The library's own paths name the height, which tlog-tiles leaves out.
type folder string

func (f folder) read(path string) []byte {
	data, err := os.ReadFile(filepath.Join(string(f), filepath.FromSlash(path)))
	check(err)
	return data
}

func (f folder) path(tile tlog.Tile) string {
	return "log/tile/" + strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", height))
}

func (f folder) Height() int { return height }

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range tiles {
		found = append(found, f.read(f.path(tile)))
	}
	return found, nil
}

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func readTree(text string) tlog.Tree {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 {
		check(fmt.Errorf("a checkpoint of %d lines", len(lines)))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	return tlog.Tree{N: size, Hash: root}
}

func (f folder) entries(size int64) [][]byte {
	var found [][]byte
	for number := int64(0); number*256 < size; number++ {
		width := size - number*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: height, L: 0, N: number, W: int(width)}
		data := f.read(strings.Replace(f.path(tile), "tile/0/", "tile/entries/", 1))
		for len(data) > 0 {
			length := int(binary.BigEndian.Uint16(data))
			found = append(found, data[2:2+length])
			data = data[2+length:]
		}
	}
	if int64(len(found)) != size {
		check(fmt.Errorf("%d entries in a log of %d", len(found), size))
	}
	return found
}

func main() {
	f := folder(os.Args[1])
	key := strings.SplitN(string(f.read("log/key")), "\n", 2)[0]
	verifier, err := note.NewVerifier(key)
	check(err)
	opened, err := note.Open(f.read("log/checkpoint"), note.VerifierList(verifier))
	check(err)
	tree := readTree(opened.Text)
	reader := tlog.TileHashReader(tree, f)
	entries := f.entries(tree.N)
	for index, data := range entries {
		proof, err := tlog.ProveRecord(tree.N, int64(index), reader)
		check(err)
		check(tlog.CheckRecord(proof, tree.N, tree.Hash, int64(index), tlog.RecordHash(data)))
	}
	var given proofs
	check(json.Unmarshal(f.read("proofs.json"), &given))
	for _, one := range given.Entries {
		hash := tlog.RecordHash(entries[one.Index])
		check(tlog.CheckRecord(one.Proof, tree.N, tree.Hash, one.Index, hash))
	}
	for _, one := range given.Earlier {
		check(tlog.CheckTree(one.Proof, tree.N, tree.Hash, one.Size, one.Root))
		proof, err := tlog.ProveTree(tree.N, one.Size, reader)
		check(err)
		check(tlog.CheckTree(proof, tree.N, tree.Hash, one.Size, one.Root))
	}
	fmt.Printf("%d entries, %d proofs, %d earlier sizes\n", tree.N, len(given.Entries), len(given.Earlier))
}
