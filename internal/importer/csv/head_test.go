package csv

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/internal/importer"
)

func TestHead_HasTheColumnsAndTheFirstLines(t *testing.T) {
	t.Parallel()
	header, lines, err := Head(strings.NewReader("ID;Title\n1;One\n2;t\"wo\n3;Three;more\n4;Four\n"), 2)
	if diff := cmp.Diff([]string{"ID", "Title"}, header); diff != "" || err != nil {
		t.Errorf("%v (-want +got)\n%s", err, diff)
	}
	if diff := cmp.Diff([][]string{{"1", "One"}, {"3", "Three", "more"}}, lines); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, none := range []string{"", "\n\n"} {
		if _, _, err := Head(strings.NewReader(none), 2); !errors.Is(err, ErrHeader) {
			t.Errorf("%q: %v", none, err)
		}
	}
}

func TestRecognise_NamesEachColumn(t *testing.T) {
	t.Parallel()
	header := []string{"Issue id", "Summary", "Labels", "Labels", "Title", " STATUS ", "Resolved"}
	if diff := cmp.Diff([]string{"", "", "labels", "labels", "title", "status", "completed"}, Recognise(header)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestParse_GoesByTheFieldsThatItIsGiven(t *testing.T) {
	t.Parallel()
	issues, problems := parsed(t, "Title,Title,Status,Note\nShort,Long,Done,x\n", Options{Fields: []string{"key", "title", "", "description"}})
	if len(problems) > 0 || issues[0].Title != "Long" || issues[0].SourceID != "csv:#Short" || issues[0].Planned.Status != "" || issues[0].Body != "x" {
		t.Errorf("%+v, %q", issues, problems)
	}
	if _, err := Parse(strings.NewReader("Title\nx\n"), Options{Fields: []string{""}}, importer.Sink{}); !errors.Is(err, ErrHeader) {
		t.Error(err)
	}
}

func TestDecode_ReadsWhatSpreadsheetsSave(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]string{
		"Größe":                      {"Größe", ""},
		"\xEF\xBB\xBFGröße":          {"\xEF\xBB\xBFGröße", ""},
		"Gr\xF6\xDFe \x80":           {"Größe €", "Windows-1252"},
		"\xFF\xFEG\x00r\x00\xF6\x00": {"Grö", "UTF-16"},
		"\xFE\xFF\x00G\x00r\x00\xF6\xD8\x3D\xDE\x80": {"Grö🚀", "UTF-16"},
	} {
		got, from, err := Decode([]byte(text))
		if err != nil || string(got) != want[0] || from != want[1] {
			t.Errorf("%q became %q of %s: %v", text, got, from, err)
		}
	}
}
