package markdown

import (
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// newMarkdown is GitHub's flavour as it is in issues, where a line break is one. Raw HTML passes: the policy decides on it,
// for what goldmark would leave out instead is harmless and common (<details>, <kbd>, <br>).
func newMarkdown() goldmark.Markdown {
	return goldmark.New(
		goldmark.WithExtensions(extension.Linkify, extension.Strikethrough, extension.TaskList, tables{}),
		goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(linkBudget{}, 900))),
		goldmark.WithRendererOptions(html.WithUnsafe(), html.WithHardWraps()),
	)
}

// tables is goldmark's own extension, but with a limit on cells and without style attributes, which the CSP blocks.
type tables struct{}

// Extend implements goldmark.Extender.
func (tables) Extend(m goldmark.Markdown) {
	limited := tableBudget{inner: extension.NewTableParagraphTransformer()}
	m.Parser().AddOptions(
		parser.WithParagraphTransformers(util.Prioritized(limited, 200)),
		parser.WithASTTransformers(util.Prioritized(extension.NewTableASTTransformer(), 0)),
	)
	align := extension.WithTableCellAlignMethod(extension.TableCellAlignAttribute)
	m.Renderer().AddOptions(renderer.WithNodeRenderers(util.Prioritized(extension.NewTableHTMLRenderer(align), 500)))
}
