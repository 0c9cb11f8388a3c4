package markdown

import (
	"regexp"
	"strings"
	"testing"
)

func TestTasks_NameTheirLines(t *testing.T) {
	t.Parallel()
	line := regexp.MustCompile(`data-line="(\d+)"`)
	for text, want := range map[string]string{
		"a\n\n- [ ] b\n  1. [x] c\n\n> - [ ] d":                      "2 3 5",
		"- [ ] a\n\n- [ ] b":                                         "0 2",
		"```\n```js\n- [ ] a\n```\n- [ ] b":                          "4",
		"- ```\n  - [ ] code\n  ```\n- [ ] real":                     "3",
		"\r\n- [ ] a\r\n- - [ ] b\r\n":                               "1 2",
		"- [ ] a\n\n<input type=checkbox> b\n\n- [ ] c":              "",
		"- [ ] a <INPUT type=checkbox>":                              "",
		"- [ ] a\n\n<input type=checkbox data-line=7>":               "",
		"<script>\n- [ ] never closed":                               "",
		"<details>\n\n- [ ] a\n\n</details>":                         "2",
		"[ ] none\n\n-[ ] none\n\n- [] none":                         "",
		strings.Repeat("> ", 3) + "- [x] deep":                       "0",
		"- [ ] `code` and [a link](https://e.com)\n- plain\n- [x] z": "0 2",
	} {
		var got []string
		for _, found := range line.FindAllStringSubmatch(New().Render(text, References{}), -1) {
			got = append(got, found[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q names %v, not %q: %s", text, got, want, New().Render(text, References{}))
		}
	}
}
