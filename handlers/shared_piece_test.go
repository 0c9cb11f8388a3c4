package handlers

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
)

// unzipped reads gzip as browsers do, and checks its sums.
func unzipped(t *testing.T, body []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(body))
	must(t, err)
	r.Multistream(false) // browsers read one member
	text, err := io.ReadAll(r)
	must(t, err)
	return string(text)
}

func TestPiece_IsWhatTheWholeWouldBe(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var rows []string
	for i := range 600 {
		rows = append(rows, fmt.Sprintf(`<li class="issue-row" data-record="issue:%016x">%s</li>`, random.Uint64(), strings.Repeat(fmt.Sprint("words ", i%7, random.IntN(1000)), random.IntN(40))))
	}
	z := newZipper()
	for i := range 60 {
		html := `<section data-version="` + fmt.Sprint(i) + `">` + strings.Join(rows, "") + `</section>`
		piece := z.piece([]byte(html))
		if got := unzipped(t, z.gzip([]byte(html), piece)); got != html {
			t.Fatalf("round %d: the list itself is another one", i)
		}
		page := fmt.Sprintf("<html><nav>%d</nav>%s<footer>%s</footer></html>", i, html, strings.Repeat("the end ", i))
		small := z.gzip([]byte(page), piece)
		if got := unzipped(t, small); got != page {
			t.Fatalf("round %d: the page is another one", i)
		}
		if whole := len(compress([]byte(page), zipped)); len(small) > whole*6/5 {
			t.Errorf("round %d: %d bytes, in one go %d", i, len(small), whole)
		}
		switch at := random.IntN(len(rows)); i % 4 {
		case 0:
			rows = append(rows[:at], rows[at+1:]...)
		case 1:
			rows = append(rows, rows[at]+"<!-- anew -->")
		case 2:
			rows[at] = strings.ReplaceAll(rows[at], "words", "other words")
		default:
			random.Shuffle(20, func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		}
	}
}

// One change leaves most of a long list as it was compressed before.
func TestPiece_IsCompressedAnewWhereItChanged(t *testing.T) {
	t.Parallel()
	var rows []string
	for i := range 2000 {
		rows = append(rows, fmt.Sprintf(`<li class="issue-row" data-record="issue:%032d">Row %d of a list that is long</li>`, i*7919, i))
	}
	z := newZipper()
	pack := func() { z.piece([]byte(strings.Join(rows, ""))).blocks() }
	pack()
	first := z.kept.kept.Len()
	rows[1000] = strings.Replace(rows[1000], "long", "longer", 1)
	pack()
	if anew := z.kept.kept.Len() - first; first < 4 || anew > 2 {
		t.Errorf("%d of %d chunks", anew, first)
	}
}

// What is kept is counted by its length, so it has no room left over in which it was made.
func TestPiece_IsKeptInNoMoreThanItTakes(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	var html bytes.Buffer
	for range 3000 {
		fmt.Fprintf(&html, `<li class="entry">%x %d</li>`, random.Uint64(), random.IntN(1000))
	}
	z := newZipper()
	drawn := drawnThread{cuts: [][]byte{html.Bytes()}, piece: z.piece(html.Bytes())}
	blocks := drawn.piece.blocks()
	if held := len(html.Bytes()) + cap(blocks); drawn.size() < held {
		t.Errorf("a thread of %d bytes counts as %d", held, drawn.size())
	}
	lengths, held := len(blocks), cap(blocks)
	for _, chunk := range z.kept.kept.Values() {
		lengths, held = lengths+len(chunk.value), held+cap(chunk.value)
	}
	if held > lengths*9/8 {
		t.Errorf("%d bytes of blocks take %d", lengths, held)
	}
}

func TestPiece_ThatIsNotInTheBodyIsLeftAlone(t *testing.T) {
	t.Parallel()
	z := newZipper()
	piece := z.piece([]byte(strings.Repeat(`<li class="a">row</li>`, 2000)))
	for _, of := range []*sharedPiece{piece, nil} {
		if got := unzipped(t, z.gzip([]byte("something else"), of)); got != "something else" {
			t.Errorf("%q", got)
		}
	}
	if z.piece([]byte("<p>short</p>")) != nil {
		t.Error("a short text is worth keeping")
	}
}
