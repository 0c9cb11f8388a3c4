package markdown

import (
	"strings"
	"testing"
)

const rel = ` rel="nofollow noopener ugc"`

func TestRender(t *testing.T) {
	t.Parallel()
	r := New()
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"line breaks as in GitHub's issues", "one\ntwo", "<p>one<br/>\ntwo</p>"},
		{"CRLF", "one\r\ntwo", "<p>one<br/>\ntwo</p>"},
		{"emphasis", "**a** *b* ~~c~~ `d`", "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>"},
		{"a heading has no id", "# Title", "<h1>Title</h1>"},
		{"the language of code", "```go\na<b\n```", "<pre tabindex=\"0\"><code class=\"language-go\">a&lt;b\n</code></pre>"},
		{"a table", "|a|b|\n|:-:|-|\n|1|2|", "<table tabindex=\"0\">\n<thead>\n<tr>\n<th align=\"center\">a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td align=\"center\">1</td>\n<td>2</td>\n</tr>\n</tbody>\n</table>"},
		{"tasks", "- [x] a\n- [ ] b", "<ul>\n<li><input type=\"checkbox\" disabled=\"\" data-line=\"0\" checked=\"\" aria-label=\"Done\"/> a</li>\n<li><input type=\"checkbox\" disabled=\"\" data-line=\"1\" aria-label=\"To do\"/> b</li>\n</ul>"},
		{"a link", `[a](https://e.com/x?a=1&b=2 "t")`, `<p><a href="https://e.com/x?a=1&amp;b=2" title="t"` + rel + `>a</a></p>`},
		{"a bare address", "see https://e.com.", `<p>see <a href="https://e.com"` + rel + `>https://e.com</a>.</p>`},
		{"a mailbox", "a@e.com", `<p><a href="mailto:a@e.com"` + rel + `>a@e.com</a></p>`},
		{"a page of ours", "[a](/acme/issue/ENG-1)", `<p><a href="/acme/issue/ENG-1"` + rel + `>a</a></p>`},
		{"a refused link keeps its text", "[a *b*](ftp://e.com) [c](../d)", "<p>a <em>b</em> c</p>"},
		{"an image", "![a](https://e.com/x.png)", `<p><img src="https://e.com/x.png" alt="a" loading="lazy"/></p>`},
		{"an image without words", "<img src=https://e.com/x.png width=40>", `<img src="https://e.com/x.png" width="40" alt="" loading="lazy"/>`},
		{"a refused image keeps its words", "![a & b](http://e.com/x.png)", "<p>a &amp; b</p>"},
		{"harmless HTML", "H<sub>2</sub>O <kbd>Ctrl</kbd> a<br>b", "<p>H<sub>2</sub>O <kbd>Ctrl</kbd> a<br/>b</p>"},
		{"details with Markdown", "<details><summary>s</summary>\n\n**b**\n\n</details>", "<details><summary>s</summary>\n<p><strong>b</strong></p>\n</details>"},
		{"comments vanish", "a <!-- b --> c", "<p>a  c</p>"},
		{"open elements are closed", "<details>a", "<details>a</details>"},
		{"emoji", "🦀 👩‍👩‍👧", "<p>🦀 👩‍👩‍👧</p>"},
		{"a number is no reference", "#12", "<p>#12</p>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out := r.Render(c.text, References{})
			if strings.TrimSpace(out) != c.want {
				t.Errorf("got\n%s\nwant\n%s", out, c.want)
			}
			checkSafe(t, c.text, out)
		})
	}
}

func TestRender_ServesManyGoroutines(t *testing.T) {
	t.Parallel()
	r := New()
	text := strings.Repeat("|a|b|\n|-|-|\n|ENG-1|@ann|\n\n- [x] **done**\n\n", 20)
	want := r.Render(text, everyone())
	results := make(chan string)
	for range 8 {
		go func() { results <- r.Render(text, everyone()) }()
	}
	for range 8 {
		if got := <-results; got != want {
			t.Error("the output depends on what else is rendered")
		}
	}
}

func TestPlainText(t *testing.T) {
	t.Parallel()
	r := New()
	for text, want := range map[string]string{
		"":                       "",
		"# Title\n\nfirst\nline": "Title first line",
		"**a**b `c<d` [e](https://f.com) ![g](h)":          "ab c<d e g",
		"- a\n- [x] b\n\n|c|d|\n|-|-|\n|e|f|":              "a b c d e f",
		"<details><summary>s</summary>t</details><!-- -->": "s t",
		"a<script>b</script>c<style>d</style>e":            "ace",
		"```go\nx := 1\n```\ny":                            "x := 1 y",
		"&lt;b&gt; &amp; 🦀":                                "<b> & 🦀",
		strings.Repeat(">", 1000) + "deep":                 strings.Repeat(">", 1000) + "deep",
	} {
		if got := r.PlainText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
