package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport is the whole architecture: a package may import these packages of ours and no others.
// "/..." stands for a package and those below it.
var mayImport = map[string][]string{
	"cmd/tandem": {"handlers", "sync", "queries", "migrations", "static",
		"internal/postgres", "internal/mail", "internal/webpush", "internal/markdown", "internal/importer/...", "internal/demo"},
	"handlers":          {"sync", "views", "static", "internal/markdown"},
	"sync":              {"queries"},
	"queries":           {},
	"queries/querytest": {"queries", "migrations", "internal/postgres"},
	"views":             {}, "static": {}, "migrations": {},
	"internal/postgres": {}, "internal/markdown": {}, "internal/mail": {}, "internal/webpush": {}, "internal/demo": {}, "internal/client": {},
	"internal/importer/...": {"internal/importer/..."}, // parses into plain structs; cmd makes transactions of them
	"e2e/...":               {"e2e"},
	"e2e/bench":             {"internal/postgres"},
	"e2e/bench/limit":       {},
	"e2e/nemesis":           {"internal/postgres", "internal/client"},
}

// neverImports keeps libraries out of layers that must not know them; below a path counts too.
var neverImports = map[string][]string{
	"handlers": {"github.com/jackc/pgx"},
	"sync":     {"net/http", "github.com/labstack/echo", "github.com/a-h/templ", "github.com/r3labs/sse"},
	"views":    {"net/http"},
	"queries":  {"net/http"},
}

const module = "tandem/"

func TestLayers_ImportsPointOneWay(t *testing.T) {
	t.Parallel()
	packages := importsOf(t)
	if len(packages) < 10 {
		t.Fatalf("only %d packages were found", len(packages))
	}
	for name, imports := range packages {
		allowed, known := rule(name)
		if !known {
			t.Errorf("%s is in no layer: add it to mayImport", name)
			continue
		}
		for _, imported := range imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			if isOurs && !covers(allowed, ours) {
				t.Errorf("%s imports %s", name, ours)
			}
			if !isOurs && below(neverImports[name], imported) {
				t.Errorf("%s imports %s", name, imported)
			}
		}
	}
}

// importsOf lists what every package of the module imports, tests apart.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	list := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		packages[strings.TrimPrefix(fields[0], module)] = fields[1:]
	}
	return packages
}

// rule finds the entry of a package, its own before that of a tree that it is in.
func rule(name string) ([]string, bool) {
	if allowed, known := mayImport[name]; known {
		return allowed, true
	}
	for entry, allowed := range mayImport {
		if strings.HasSuffix(entry, "/...") && covers([]string{entry}, name) {
			return allowed, true
		}
	}
	return nil, false
}

func covers(entries []string, name string) bool {
	return slices.ContainsFunc(entries, func(entry string) bool {
		tree, isTree := strings.CutSuffix(entry, "/...")
		return entry == name || isTree && (name == tree || strings.HasPrefix(name, tree+"/"))
	})
}

func below(paths []string, imported string) bool {
	return slices.ContainsFunc(paths, func(path string) bool { return imported == path || strings.HasPrefix(imported, path+"/") })
}

func TestLayers_OnlyEventsKnowsTheStreamLibrary(t *testing.T) {
	t.Parallel()
	for path, file := range sources(t, "handlers") {
		for _, spec := range file.Imports {
			if strings.Contains(spec.Path.Value, "r3labs/sse") && filepath.Base(path) != "events.go" {
				t.Errorf("%s imports %s", path, spec.Path.Value)
			}
		}
	}
}

func TestLayers_ViewsDoNotLookAtTheClock(t *testing.T) {
	t.Parallel()
	for path, file := range sources(t, "views") {
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if pkg, ok := call.X.(*ast.Ident); ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until"}, call.Sel.Name) {
				t.Errorf("%s calls time.%s", path, call.Sel.Name)
			}
			return true
		})
	}
}

// sources parses the files of one of our packages, tests apart.
func sources(t *testing.T, name string) map[string]*ast.File {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(moduleFolder(t), name, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", name, err)
	}
	files := map[string]*ast.File{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files[path] = file
	}
	return files
}
