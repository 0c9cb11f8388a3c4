package markdown

import (
	"strings"
	"testing"
)

// FuzzRender looks for a text whose output holds anything but the elements and attributes of safe_test.go, or changes the
// page around it.
func FuzzRender(f *testing.F) {
	for _, text := range vectors {
		f.Add(text)
	}
	f.Add("ENG-12 @ann\n\n- [x] a\n\n|a|\n|-|\n|b|\n\n![c](https://e.com) <details><summary>d")
	r := New()
	f.Fuzz(func(t *testing.T, text string) {
		out := r.Render(text, everyone())
		checkSafe(t, text, out)
		if strings.Contains(strings.ToLower(out), "<script") {
			t.Errorf("%q: %q", text, out)
		}
		if plain := r.PlainText(text); strings.ContainsAny(plain, "\n\t") {
			t.Errorf("%q: more than one line: %q", text, plain)
		}
	})
}
