package csv

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Head reads the first line of a table, which names the columns, and up to so many lines after it; those that cannot be read are passed
// over. ErrHeader for what has no first line.
func Head(r io.Reader, most int) (header []string, lines [][]string, err error) {
	table := newReader(bufio.NewReader(r))
	header, err = table.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, ErrHeader
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the first line: %w", err)
	}
	for len(lines) < most {
		cells, err := table.Read()
		if _, wrong := errors.AsType[*csv.ParseError](err); wrong {
			continue
		}
		if err != nil {
			break // the end, or what Parse will tell of
		}
		lines = append(lines, cells)
	}
	return header, lines, nil
}

func newReader(r *bufio.Reader) *csv.Reader {
	lines := csv.NewReader(r)
	lines.Comma, lines.FieldsPerRecord = separator(r), -1
	return lines
}

// Decode makes UTF-8 of a text as spreadsheets save it: in UTF-16 with a mark at its beginning, or else in the letters of Windows, of which
// Latin-1 is a part. from names what it was, "" for UTF-8.
func Decode(text []byte) (decoded []byte, from string, err error) {
	if bytes.HasPrefix(text, []byte{0xFF, 0xFE}) || bytes.HasPrefix(text, []byte{0xFE, 0xFF}) {
		decoded, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(text)
		return decoded, "UTF-16", err
	}
	if utf8.Valid(text) {
		return text, "", nil
	}
	decoded, err = charmap.Windows1252.NewDecoder().Bytes(text)
	return decoded, "Windows-1252", err
}
