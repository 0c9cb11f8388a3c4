package markdown

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// A text of 256 KiB must not become gigabytes. Two constructs of Markdown multiply: a link definition is repeated at each use,
// and short table rows are filled up to the width of the header. Both get a budget that no honest text uses up.

// linkBudget takes the target from links once the targets together are longer than the text could spell out.
type linkBudget struct{}

// Transform implements parser.ASTTransformer.
func (linkBudget) Transform(document *ast.Document, reader text.Reader, _ parser.Context) {
	left := 2*len(reader.Source()) + 64<<10
	spend := func(destination, title *[]byte) {
		left -= len(*destination) + len(*title)
		if left < 0 {
			*destination, *title = nil, nil
		}
	}
	_ = ast.Walk(document, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			switch n := n.(type) {
			case *ast.Link:
				spend(&n.Destination, &n.Title)
			case *ast.Image:
				spend(&n.Destination, &n.Title)
			}
		}
		return ast.WalkContinue, nil
	})
}

// The most of a document that tables may hold. Escaped pipes count because goldmark compares each with all others.
const (
	maxCells        = 50_000
	maxEscapedPipes = 1_000
)

// tableBudget leaves a paragraph as it is when the tables of the document would be too many cells with it.
type tableBudget struct {
	inner parser.ParagraphTransformer
}

type tableCost struct{ cells, escaped int }

// spentOnTables is where a document's context keeps its tableCost. goldmark counts its keys without a lock, so this cannot be
// made by New.
var spentOnTables = parser.NewContextKey()

// Transform implements parser.ParagraphTransformer.
func (b tableBudget) Transform(node *ast.Paragraph, reader text.Reader, pc parser.Context) {
	cost := costOf(node, reader.Source())
	if cost.cells == 0 {
		return
	}
	if before, ok := pc.Get(spentOnTables).(tableCost); ok {
		cost.cells += before.cells
		cost.escaped += before.escaped
	}
	if cost.cells > maxCells || cost.escaped > maxEscapedPipes {
		return
	}
	pc.Set(spentOnTables, cost)
	b.inner.Transform(node, reader, pc)
}

// costOf is an upper bound: every row as wide as the widest line that may be a delimiter. No such line, no table.
func costOf(node *ast.Paragraph, source []byte) tableCost {
	lines := node.Lines()
	width, escaped := 0, 0
	for i := range lines.Len() {
		segment := lines.At(i)
		line := segment.Value(source)
		escaped += bytes.Count(line, []byte(`\|`))
		if i > 0 && len(bytes.Trim(line, "-|: \t\r\n\v\f")) == 0 {
			width = max(width, bytes.Count(line, []byte("|"))+1)
		}
	}
	return tableCost{cells: width * lines.Len(), escaped: escaped}
}
