package static

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	rem   = regexp.MustCompile(`(\d)rem\b`)
	lines = regexp.MustCompile(`([\d.]+)rem/([\d.]+)rem`) // of type: how large, and how high
	token = regexp.MustCompile(`(?m)^    (--[\w-]+): ([^;]+);`)
)

// embedSheet is what an embed without a frame is drawn with: the styles of its page, made for a shadow root in a page of another site. Sizes follow the type
// around it, and the tokens stand on its own element, where no style of that page meets them.
func embedSheet(sheets, pages map[string][]byte) []byte {
	var joined bytes.Buffer
	for _, body := range [][]byte{sheets["_layers"], sheets["reset"], themed(sheets["tokens"]), sheets["icon"], sheets["status"], sheets["label"],
		pages["embed"], pages["embed_inline"]} {
		joined.Write(bytes.TrimSpace(body))
		joined.WriteByte('\n')
	}
	return rem.ReplaceAll(lines.ReplaceAllFunc(joined.Bytes(), lineHeight), []byte("${1}em"))
}

// lineHeight says by how much a line is higher than its type: in em it would be of the type's own size.
func lineHeight(font []byte) []byte {
	sizes := lines.FindSubmatch(font)
	size, _ := strconv.ParseFloat(string(sizes[1]), 64) // what matched are numbers
	height, _ := strconv.ParseFloat(string(sizes[2]), 64)
	return fmt.Appendf(nil, "%srem/%.3g", sizes[1], height/size)
}

// themed puts the tokens onto the embed, those that the other site may set behind its names for them. Light or dark it is as the page around it.
func themed(tokens []byte) []byte {
	offered := map[string]string{"--bg": "background", "--fg": "color", "--fg-2": "muted", "--fg-3": "muted", "--line": "border", "--line-2": "border",
		"--hover": "hover", "--accent": "accent", "--r": "radius"}
	own := strings.NewReplacer("color-scheme: light dark;", "", ":root", ".embed").Replace(string(tokens))
	return []byte(token.ReplaceAllStringFunc(own, func(line string) string {
		found := token.FindStringSubmatch(line)
		if theirs := offered[found[1]]; theirs != "" {
			return "    " + found[1] + ": var(--tandem-" + theirs + ", " + found[2] + ");"
		}
		return line
	}))
}
