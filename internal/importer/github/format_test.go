package github

import (
	"errors"
	"strings"
	"testing"

	"tandem/internal/importer"
)

const (
	small  = `{"number": 1, "title": "A", "state": "open", "url": "https://github.com/o/r/issues/1", "createdAt": "2020-01-01T00:00:00Z"}`
	second = `{"number": 2, "title": "B", "state": "open", "url": "https://github.com/o/r/issues/2", "createdAt": "2020-01-01T00:00:00Z"}`
	broken = `{"number": 3, "title": `
)

func TestParse_DetectsTheFormat(t *testing.T) {
	t.Parallel()
	pretty := strings.ReplaceAll(small, "{", "{\n")
	for _, c := range []struct {
		name, text     string
		format         format
		issues, errors int
	}{
		{"lines", small + "\n" + second, formatLines, 2, 0},
		{"lines that end in CRLF, with blank ones", small + "\r\n\r\n" + second + "\r\n", formatLines, 2, 0},
		{"one line without an end", small, formatLines, 1, 0},
		{"wrapped lines", timeline("") + "\n", formatLines, 1, 0},
		{"byte order mark", "\uFEFF" + small, formatLines, 1, 0},
		{"array", "[" + small + ",\n" + second + "]\n", formatList, 2, 0},
		{"array over several lines", "[\n" + pretty + ",\n" + second + "\n]", formatList, 2, 0},
		{"empty array", "[]", formatList, 0, 0},
		{"arrays one after the other", "[" + small + "][" + second + "]", formatList, 2, 0},
		{"array of pages", "[[" + small + "],[" + second + "]]", formatList, 2, 0},
		{"a page in each line", "[" + small + "]\n[" + second + "]\n", formatLines, 2, 0},
		{"objects over several lines", pretty + "\n" + pretty, formatValues, 1, 1},
		{"archive", archived(small, ""), formatArchive, 1, 0},
		{"archive with its labels first", `{"labels": [], "issues": [` + small + `]}`, formatArchive, 1, 0},
		{"archive with null lists", `{"repo": "o/r", "issues": null, "pulls": null}`, formatArchive, 0, 0},
		{"a broken first line", "oops\n" + small + "\n" + second, formatLines, 2, 1},
		{"a broken line in the middle", small + "\n" + broken + "\n" + second, formatLines, 2, 1},
		{"a truncated last line", small + "\n" + broken, formatLines, 1, 1},
		{"an array that breaks off", "[" + small + "," + broken, formatList, 1, 1},
		{"an archive that breaks off", `{"magic": "", "issues": [` + small + "," + broken, formatArchive, 1, 1},
		{"an archive without its end", `{"magic": "", "issues": [` + small + "]", formatArchive, 1, 1},
		{"wrong items in an array", `[1, null, "x", [[]], {}, ` + small + "]", formatList, 1, 5},
		{"an issue of the wrong type", `[{"number": "x"}, ` + small + "]", formatList, 1, 1},
		{"an archive with odd heads", `{"repo": 5, "labels": {}, "issues": [` + small + `]}`, formatArchive, 1, 2},
		{"an archive without a list", `{"magic": "", "issues": {}}`, formatArchive, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for kind, text := range map[string]string{"plain": c.text, "packed": packed(t, c.text)} {
				r := read(t, text)
				if r.report.Source.Format != string(c.format) {
					t.Errorf("%s: format %q, want %q", kind, r.report.Source.Format, c.format)
				}
				if len(r.issues) != c.issues || len(r.problems) != c.errors {
					t.Errorf("%s: %d issues, want %d; %d problems, want %d\n%s", kind, len(r.issues), c.issues, len(r.problems), c.errors, r.texts())
				}
				if s := r.report.Summary; s.Issues != len(r.issues) || s.Problems != len(r.problems) {
					t.Errorf("%s: the summary %+v does not count what was handed over", kind, s)
				}
			}
		})
	}
}

func TestParse_RefusesWhatIsNotGitHub(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", " \n\t", "ID,Team,Title\n1,ENG,Fix\n", "<html>", "42"} {
		if r, err := readWith(text, Options{}, maxItem); !errors.Is(err, ErrFormat) || len(r.issues) > 0 {
			t.Errorf("%q: error %v, want ErrFormat", text, err)
		}
	}
}

func TestParse_ReturnsTheErrorOfABrokenReader(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat(small+"\n", 9), "[" + small + "," + second + "]"} {
		whole := packed(t, text)
		if _, err := readWith(whole[:len(whole)-10], Options{}, maxItem); err == nil {
			t.Error("a packed file that breaks off was taken for a whole one")
		}
	}
	if _, err := readWith("\x1f\x8bnonsense", Options{}, maxItem); err == nil {
		t.Error("a broken gzip header was not reported")
	}
}

func TestParse_StopsAtTheErrorOfTheSink(t *testing.T) {
	t.Parallel()
	stop := errors.New("stop")
	for _, text := range []string{small + "\n" + second, "[" + small + "," + second + "]", archived(small, second)} {
		calls := 0
		sink := importer.Sink{
			Issue:   func(importer.Issue) error { calls++; return stop },
			Problem: func(p importer.Problem) { t.Errorf("problem %v", p) },
		}
		if _, err := Parse(strings.NewReader(text), Options{}, sink); !errors.Is(err, stop) || calls != 1 {
			t.Errorf("error %v after %d calls", err, calls)
		}
	}
}

func TestParse_PassesOverALineThatIsTooLong(t *testing.T) {
	t.Parallel()
	long := `{"number": 9, "title": "` + strings.Repeat("x", 3*peek) + `"}`
	r, err := readWith(small+"\n"+long+"\n"+second, Options{}, 2*peek)
	if err != nil || len(r.issues) != 2 || len(r.problems) != 1 || !r.problems[0].Lost || r.problems[0].Line != 2 {
		t.Errorf("error %v, %d issues, problems %v", err, len(r.issues), r.problems)
	}
}

func TestParse_StopsAtAnItemThatIsTooLong(t *testing.T) {
	t.Parallel()
	long := `{"number": 9, "title": "` + strings.Repeat("x", 9*peek) + `"}`
	r, err := readWith("["+small+","+long+","+second+"]", Options{}, 2*peek)
	if err != nil || len(r.issues) != 1 || len(r.problems) != 1 {
		t.Errorf("error %v, %d issues, problems %v", err, len(r.issues), r.problems)
	}
}
