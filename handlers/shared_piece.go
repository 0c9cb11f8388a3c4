package handlers

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	stdsync "sync"

	"github.com/klauspost/compress/flate"
)

// Compressing a long list or thread takes longer than all the rest of its page, and nearly all of it is what the page before had too. gzip's
// stream is made of blocks that may end at any byte, so the rows are cut into chunks, whose blocks are kept by what they were made of, and each
// answer is put together of them. A change makes the chunk anew that it is in, and the next, which may refer back to it.

const (
	zippedBytes = 16 << 20 // bounds what blocks that are kept hold together
	leastChunk  = 16 << 10
	mostChunk   = 64 << 10
	zipWindow   = 32 << 10 // how far back gzip refers
)

// zipper keeps the blocks of chunks. Safe for concurrent use.
type zipper struct {
	kept *byteCache[chunkKey, []byte]
}

// chunkKey is a chunk, and what stands before it as far as it may refer to that.
type chunkKey struct{ before, chunk [sha256.Size]byte }

func newZipper() *zipper {
	return &zipper{newByteCache(zippedBytes, func(_ chunkKey, blocks []byte) int { return len(blocks) + 256 })}
}

// sharedPiece is a part of answers that never changes: the rows of a list, or a thread.
type sharedPiece struct {
	body   []byte
	blocks func() []byte
}

// blocksSize is what the blocks will take at the most, once they are asked for: words and tags compress to less than half.
func (p *sharedPiece) blocksSize() int { return len(p.body)/2 + 256 }

// piece is what of some HTML is worth keeping compressed, from its first row on; nil when it is short.
func (z *zipper) piece(html []byte) *sharedPiece {
	first := bytes.Index(html, chunkBegins)
	if first < 0 || len(html)-first < leastChunk {
		return nil
	}
	body := html[first:]
	return &sharedPiece{body, stdsync.OnceValue(func() []byte { return z.deflated(body) })}
}

// gzip compresses a body that may have the piece in it.
func (z *zipper) gzip(body []byte, piece *sharedPiece) []byte {
	if piece == nil {
		return compress(body, zipped)
	}
	at := bytes.Index(body, piece.body)
	if at < 0 {
		return compress(body, zipped)
	}
	end, blocks := at+len(piece.body), piece.blocks()
	out := bytes.NewBuffer(make([]byte, 0, len(blocks)+(len(body)-len(piece.body))/3+1024))
	out.Write(gzipBegins)
	deflate(out, nil, body[:at])
	out.Write(blocks)
	deflate(out, lastOf(body[:end]), body[end:])
	out.Write(blocksEnd)
	sizes := binary.LittleEndian.AppendUint32(nil, crc32.ChecksumIEEE(body))
	out.Write(binary.LittleEndian.AppendUint32(sizes, uint32(len(body))))
	return out.Bytes()
}

var (
	chunkBegins = []byte(`<li class="`)
	gzipBegins  = []byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff} // RFC 1952: deflate, no name, no time, no system
	blocksEnd   = []byte{0x03, 0x00}                            // RFC 1951: a last block with nothing in it
)

// deflated are the blocks of rows, which refer to nothing before them.
func (z *zipper) deflated(rows []byte) []byte {
	var all [][]byte
	var key chunkKey
	var before []byte
	for len(rows) > 0 {
		chunk := rows[:chunkEnd(rows)]
		key.chunk = sha256.Sum256(chunk)
		blocks, known := z.kept.get(key)
		if !known {
			var made bytes.Buffer
			deflate(&made, before, chunk)
			blocks = bytes.Clone(made.Bytes()) // which has grown by doubling
			z.kept.add(key, blocks)
		}
		all = append(all, blocks)
		key.before, before, rows = key.chunk, lastOf(chunk), rows[len(chunk):]
	}
	return bytes.Join(all, nil)
}

// chunkEnd is where a chunk ends: before a row that is chosen by how it begins, its id, so that the others stay the same when rows come or go.
func chunkEnd(rows []byte) int {
	for at := leastChunk; at < len(rows); {
		next := bytes.Index(rows[at:], chunkBegins)
		if next < 0 {
			break
		}
		at += next
		if at >= mostChunk || crc32.ChecksumIEEE(rows[at:min(at+80, len(rows))])%8 == 0 {
			return at
		}
		at += len(chunkBegins)
	}
	return len(rows)
}

func lastOf(text []byte) []byte { return text[max(0, len(text)-zipWindow):] }

var deflaters = stdsync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, gzipLevel) // the level is one that there is
	return w
}}

// deflate writes whole blocks, which may refer to what stands before.
func deflate(out *bytes.Buffer, before, body []byte) {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	w.ResetDict(out, before)
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	_ = w.Flush()
	w.ResetDict(nil, nil)
}
