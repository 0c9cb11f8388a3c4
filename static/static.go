// Package static holds the CSS, modules, icons and vendored htmx as they are written, without a build step.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
)

//go:embed *.js *.json *.svg css/*.css css/page/*.css icons js/*.js vendor/*.js
var embedded embed.FS

// File is an asset as it is served.
type File struct {
	Type   string // of its content
	Body   []byte
	Gzip   []byte        // nil where compressing gains nothing
	Brotli func() []byte // nil where Gzip is; made when it is asked for first
}

// Assets are all files of one build. They never change once made.
type Assets struct {
	build   string
	files   map[string]File
	preload []string
	symbols map[string]string
}

// New joins and compresses the assets. version is whatever else makes two builds differ, such as the templates: it goes
// into the name of the build.
func New(version string) (*Assets, error) {
	sources, err := read()
	if err != nil {
		return nil, fmt.Errorf("read the assets: %w", err)
	}
	a := &Assets{build: buildOf(version, sources), files: map[string]File{}}
	a.preload, a.symbols = preload(sources), symbols(sources["icons.svg"])
	for name, body := range sources {
		small, err := minified(name, body)
		if err != nil {
			return nil, err
		}
		a.files[name] = newFile(name, small)
	}
	list, err := json.Marshal(slices.Sorted(maps.Keys(sources)))
	if err != nil {
		return nil, fmt.Errorf("list the assets: %w", err)
	}
	a.files["list.json"] = newFile("list.json", list)
	return a, nil
}

// minified drops comments and white space from our own scripts and styles: they are written to be read, and served to
// be loaded. What is vendored is served byte for byte, as its checksum says.
func minified(name string, body []byte) ([]byte, error) {
	if strings.HasPrefix(name, "vendor/") {
		return body, nil
	}
	m := minify.New()
	m.AddFunc(".js", js.Minify)
	m.AddFunc(".css", css.Minify)
	small, err := m.Bytes(path.Ext(name), body)
	if errors.Is(err, minify.ErrNotExist) {
		return body, nil
	}
	if err != nil {
		return nil, fmt.Errorf("minify %s: %w", name, err)
	}
	return small, nil
}

// Build names this build: other assets or another version make another name.
func (a *Assets) Build() string { return a.build }

// File finds an asset by its path below /assets/{build}/.
func (a *Assets) File(name string) (File, bool) {
	file, found := a.files[name]
	return file, found
}

// Preload lists the modules below js/ that every page loads, main.js apart.
func (a *Assets) Preload() []string { return a.preload }

// Symbol is the drawing of an icon of the sprite, without the element around it, for an image that stands alone; "" where there is none.
func (a *Assets) Symbol(id string) string { return a.symbols[id] }

// read returns what is served, by path: the style sheets as one but for those of single pages, everything else as it is.
func read() (map[string][]byte, error) {
	sources, sheets, pages := map[string][]byte{}, map[string][]byte{}, map[string][]byte{}
	err := fs.WalkDir(embedded, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		body, err := embedded.ReadFile(name)
		switch stem := strings.TrimSuffix(path.Base(name), ".css"); path.Dir(name) {
		case "css":
			sheets[stem] = body
		case "css/page":
			pages[stem] = body
			sources[name] = body
		default:
			sources[name] = body
		}
		return err
	})
	sources["app.css"], sources["embed.css"] = join(sheets), embedSheet(sheets, pages)
	return sources, err
}

// first are the sheets that others build on, in their order; print comes last, so that it wins within its layer.
var first = []string{"_layers", "tokens", "reset", "base", "layout"}

func join(sheets map[string][]byte) []byte {
	var joined bytes.Buffer
	write := func(name string) {
		joined.Write(bytes.TrimSpace(sheets[name]))
		joined.WriteByte('\n')
	}
	for _, name := range first {
		write(name)
	}
	for _, name := range slices.Sorted(maps.Keys(sheets)) {
		if !slices.Contains(first, name) && name != "print" {
			write(name)
		}
	}
	write("print")
	return joined.Bytes()
}

func buildOf(version string, sources map[string][]byte) string {
	sum := sha256.New()
	sum.Write([]byte(version))
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		fmt.Fprintf(sum, "\x00%s\x00%d\x00", name, len(sources[name]))
		sum.Write(sources[name])
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

var (
	listed   = regexp.MustCompile(`const modules = \[([^\]]*)\]`)
	quoted   = regexp.MustCompile(`'([^']+)'`)
	symbol   = regexp.MustCompile(`<symbol id="([^"]+)"[^>]*>(.*?)</symbol>`)
	imported = regexp.MustCompile(`(?m)^(?:import|export)\b[^'"(\n]*['"]\./([\w.-]+)['"]`)
)

// preload follows main.js to what it loads at once: the modules that it lists, and what those import by name. Modules
// that are loaded when needed are not among them.
func preload(sources map[string][]byte) []string {
	reached := map[string]bool{}
	var visit func(name string)
	visit = func(name string) {
		body, exists := sources["js/"+name]
		if !exists || reached[name] {
			return
		}
		reached[name] = true
		for _, match := range imported.FindAllSubmatch(body, -1) {
			visit(string(match[1]))
		}
	}
	visit("main.js")
	if list := listed.FindSubmatch(sources["js/main.js"]); list != nil {
		for _, match := range quoted.FindAllSubmatch(list[1], -1) {
			visit(string(match[1]) + ".js")
		}
	}
	delete(reached, "main.js")
	return slices.Sorted(maps.Keys(reached))
}

func symbols(sprite []byte) map[string]string {
	found := map[string]string{}
	for _, match := range symbol.FindAllSubmatch(sprite, -1) {
		found[string(match[1])] = string(match[2])
	}
	return found
}

func newFile(name string, body []byte) File {
	file := File{Type: typeOf(name), Body: body}
	if path.Ext(name) == ".png" {
		return file
	}
	var small bytes.Buffer
	w, _ := gzip.NewWriterLevel(&small, gzip.BestCompression) // the level is one that there is
	_, _ = w.Write(body)                                      // a bytes.Buffer takes everything
	_ = w.Close()
	file.Gzip = small.Bytes()
	file.Brotli = sync.OnceValue(func() []byte { return inBrotli(body) })
	return file
}

func inBrotli(body []byte) []byte {
	var small bytes.Buffer
	w := brotli.NewWriterLevel(&small, 9) // of 11, which takes thirty times as long for a twentieth less
	_, _ = w.Write(body)
	_ = w.Close()
	return small.Bytes()
}

// typeOf does not ask the operating system, whose tables differ, for what we know.
func typeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".json":
		if path.Base(name) == "manifest.json" {
			return "application/manifest+json"
		}
		return "application/json"
	}
	return mime.TypeByExtension(path.Ext(name))
}
