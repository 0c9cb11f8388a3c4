package github

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
)

// peek is how much of a file is looked at to tell its format.
const peek = 64 << 10

var errTooLarge = errors.New("larger than any real issue")

// input is the text of a file, unpacked and without a byte order mark.
type input struct {
	*bufio.Reader
	meter *meter
}

// open finds out whether the file is packed. The error is that of a broken gzip header.
func open(r io.Reader, limit int) (*input, error) {
	plain := bufio.NewReader(r)
	if magic, _ := plain.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return newInput(plain, limit), nil
	}
	unpacked, err := gzip.NewReader(plain)
	if err != nil {
		return nil, err
	}
	return newInput(unpacked, limit), nil
}

func newInput(r io.Reader, limit int) *input {
	m := &meter{r: r, limit: limit}
	m.next()
	in := &input{Reader: bufio.NewReaderSize(m, peek), meter: m}
	if mark, _ := in.Peek(3); string(mark) == "\uFEFF" {
		_, _ = in.Discard(len(mark))
	}
	return in
}

// meter refuses to read on and on for one item, and keeps the reader's own error, so that a broken disk is told from broken
// JSON.
type meter struct {
	r     io.Reader
	limit int
	left  int
	err   error
}

func (m *meter) Read(b []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooLarge
	}
	n, err := m.r.Read(b[:min(len(b), m.left)])
	m.left -= n
	if err != nil && err != io.EOF {
		m.err = err
	}
	return n, err
}

// next is called when an item is done with. What is read ahead counts for the next one, so the buffer comes on top.
func (m *meter) next() {
	m.left = m.limit + peek
}

// line returns the next line without its end, or errTooLarge after it has passed over a line that is too long. A last line
// may come with io.EOF.
func (in *input) line() ([]byte, error) {
	var line []byte
	tooLong := false
	for {
		part, err := in.ReadSlice('\n')
		in.meter.next()
		tooLong = tooLong || len(line)+len(part) > in.meter.limit
		if tooLong {
			line = nil
		} else {
			line = append(line, part...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case tooLong && (err == nil || err == io.EOF):
			return nil, errTooLarge
		default:
			return bytes.TrimSpace(line), err
		}
	}
}
