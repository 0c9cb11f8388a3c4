package markdown

import (
	"slices"
	"testing"
)

func TestRender_LinksReferences(t *testing.T) {
	t.Parallel()
	r := New()
	refs := References{
		Issue: func(key string) (Link, bool) {
			return Link{Href: "/acme/issue/" + key, Title: "Fix \"it\"", Class: "closed"}, key == "ENG-12"
		},
		Mention: func(handle string) (Link, bool) { return Link{Href: "/acme/person/" + handle}, handle == "ann" },
	}
	eng := `<a class="issue-ref closed" href="/acme/issue/ENG-12" title="Fix &#34;it&#34;">ENG-12</a>`
	ann := `<a class="mention" href="/acme/person/ann">@ann</a>`
	for text, want := range map[string]string{
		"ENG-12":                  eng,
		"(ENG-12), @ann.":         "(" + eng + "), " + ann + ".",
		"**ENG-12** and @ann's":   "<strong>" + eng + "</strong> and " + ann + "&#39;s",
		"ENG-12 ENG-13 ENG-12":    eng + " ENG-13 " + eng,
		"@bob @ann @annette":      "@bob " + ann + " @annette",
		"`ENG-12` @ann":           "<code>ENG-12</code> " + ann,
		"<kbd>@ann</kbd>":         "<kbd>@ann</kbd>",
		"[ENG-12](https://e.com)": `<a href="https://e.com"` + rel + `>ENG-12</a>`,
		"XENG-12 ENG-123 ENG-12a ENG-12-b x/ENG-12 ENG-012 eng-12": "XENG-12 ENG-123 ENG-12a ENG-12-b x/ENG-12 ENG-012 eng-12",
		"x@ann y.@ann @ann@e @ann/x":                               "x@ann y.@ann @ann@e @ann/x",
		"https://e.com/ENG-12":                                     `<a href="https://e.com/ENG-12"` + rel + `>https://e.com/ENG-12</a>`,
		"ENG\\-12 \\@ann":                                          eng + " " + ann,
	} {
		if got := r.Render(text, refs); got != "<p>"+want+"</p>\n" {
			t.Errorf("%q:\n%s\nwant\n%s", text, got, want)
		}
	}
}

func TestReferences_ListsEachOnce(t *testing.T) {
	t.Parallel()
	issues, mentions := New().References("@ben ENG-2 `ENG-9` ENG-1\n\n- @ann ENG-2 @ben\n\n```\n@cleo\n```")
	if !slices.Equal(issues, []string{"ENG-2", "ENG-1"}) || !slices.Equal(mentions, []string{"ben", "ann"}) {
		t.Errorf("issues %v, mentions %v", issues, mentions)
	}
}
