package markdown

import (
	"bytes"
	"strconv"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// taskLines are the lines of the source, from 0, that the boxes of a document's task lists stand in, in their order. None where the text has inputs
// of its own in HTML, for then nobody could tell which is which.
func taskLines(document ast.Node, source []byte) (lines []int) {
	line, from, forged := 0, 0, false
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the walker returns no error
		switch n := n.(type) {
		case *extension.TaskCheckBox:
			if at := n.Parent().Lines(); entering && at.Len() > 0 {
				line += bytes.Count(source[from:at.At(0).Start], []byte("\n"))
				from = at.At(0).Start
				lines = append(lines, line)
			}
		case *ast.RawHTML:
			forged = forged || hasInput(n.Segments.Value(source))
		case *ast.HTMLBlock:
			forged = forged || hasInput(n.Lines().Value(source))
		}
		return ast.WalkContinue, nil
	})
	if forged {
		return nil
	}
	return lines
}

func hasInput(raw []byte) bool { return bytes.Contains(bytes.ToLower(raw), []byte("<input")) }

// numberTasks tells each box of a sanitised tree its line, unless the policy left others than the text has.
func numberTasks(root *html.Node, lines []int) {
	var boxes []*html.Node
	for n := range root.Descendants() {
		if n.DataAtom == atom.Input {
			boxes = append(boxes, n)
		}
	}
	if len(boxes) != len(lines) {
		return
	}
	for i, box := range boxes {
		box.Attr = append(box.Attr, html.Attribute{Key: taskLine, Val: strconv.Itoa(lines[i])})
	}
}

// taskLine is the attribute that names the line of a box.
const taskLine = "data-line"
