package markdown

import (
	"strings"
	"testing"
)

// BenchmarkRender has a body as long as the longest real ones.
func BenchmarkRender(b *testing.B) {
	part := "## Steps\n\n1. Open `ENG-12` with @ann\n2. See [the log](https://example.com/log), **then** wait\n\n" +
		"```go\nfunc main() { panic(\"no\") }\n```\n\n|a|b|\n|-|-|\n|1|2|\n\n> quoted text that goes on for a while, as people do\n\n- [x] done ENG-7\n\n"
	text := strings.Repeat(part, 70_000/len(part)+1)[:70_000]
	r := New()
	b.Run("Render", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		for b.Loop() {
			r.Render(text, everyone())
		}
	})
	b.Run("PlainText", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r.PlainText(text)
		}
	})
	b.Run("Short", func(b *testing.B) {
		for b.Loop() {
			r.Render(part, everyone())
		}
	})
}
