package markdown

import (
	"strings"
	"testing"
)

const limit = 256 << 10 // the longest text of the product

// The size of the output is asserted rather than the time, which depends on the machine. Without the budgets these would make
// gigabytes, and without the guard they would run for minutes.
func TestRender_BoundsWhatATextCanCost(t *testing.T) {
	t.Parallel()
	r := New()
	fill := func(part string) string { return strings.Repeat(part, limit/len(part)) }
	for name, text := range map[string]string{
		"a long target used often": "[a]: /" + strings.Repeat("x", limit/2) + "\n\n" + strings.Repeat("[a]", limit/6),
		"a wide table of short rows": strings.Repeat("|a", limit/8) + "\n" + strings.Repeat("|-", limit/8) + "\n" +
			strings.Repeat("x\n", limit/4),
		"many tables":                   fill(strings.Repeat("|a", 99) + "\n" + strings.Repeat("|-", 99) + "\n" + strings.Repeat("x\n", 200) + "\n"),
		"many escaped pipes":            " |a\n |-\n" + fill("`\\|`|\n"),
		"deep quotes":                   fill(">"),
		"deep lists":                    fill("+ "),
		"links that do not end":         fill("[a]("),
		"pointed links that do not end": fill("[a](< "),
		"open elements":                 fill("<b>"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if out := r.Render(text, everyone()); len(out) > 20*limit {
				t.Errorf("%d bytes became %d", len(text), len(out))
			}
		})
	}
}

func TestRender_ShowsWhatItCannotLayOut(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<div>", 1000) + "x & y"
	for _, text := range []string{deep, strings.Repeat("> ", 1000) + "<b>x"} {
		out := New().Render(text, everyone())
		checkSafe(t, text, out)
		if !strings.HasPrefix(out, "<pre ") || !strings.Contains(out, "x") {
			t.Errorf("%.80q", out)
		}
	}
}

func TestRender_KeepsHonestExtremes(t *testing.T) {
	t.Parallel()
	r := New()
	for name, c := range map[string]struct {
		text, tag string
		count     int
	}{
		"a table of 2,000 rows":       {"|a|b|c|\n|-|-|-|\n" + strings.Repeat("|1|2|3|\n", 2000), "<tr>", 2001},
		"a thread of ten quotes":      {strings.Repeat("> ", 10) + "x", "<blockquote>", 10},
		"3,000 links":                 {strings.Repeat("[a](https://example.com/some/longer/path) ", 3000), "<a ", 3000},
		"a definition used 500 times": {"[a]: https://example.com/some/longer/path\n\n" + strings.Repeat("[a] ", 500), "<a ", 500},
	} {
		if n := strings.Count(r.Render(c.text, References{}), c.tag); n != c.count {
			t.Errorf("%s: %d of %d", name, n, c.count)
		}
	}
}
