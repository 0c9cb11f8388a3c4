package static

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestNew_JoinsTheStylesInTheirOrder(t *testing.T) {
	t.Parallel()
	sheets := map[string][]byte{"zebra": []byte("z"), "_layers": []byte("0"), "print": []byte("9"), "base": []byte("3"), "ant": []byte("a"),
		"tokens": []byte("1"), "reset": []byte("2"), "layout": []byte("4")}
	if got := string(join(sheets)); got != "0\n1\n2\n3\n4\na\nz\n9\n" {
		t.Errorf("%q", got)
	}
}

func TestNew_NamesTheBuildByItsContent(t *testing.T) {
	t.Parallel()
	one, err := New("1")
	if err != nil {
		t.Fatal(err)
	}
	again, err := New("1")
	if err != nil {
		t.Fatal(err)
	}
	other, err := New("2")
	if err != nil {
		t.Fatal(err)
	}
	if one.Build() != again.Build() || one.Build() == other.Build() || len(one.Build()) != 16 {
		t.Errorf("%s %s %s", one.Build(), again.Build(), other.Build())
	}
	if a, b := buildOf("", map[string][]byte{"a": []byte("xb")}), buildOf("", map[string][]byte{"ax": []byte("b")}); a == b {
		t.Error("names and contents run together")
	}
}

func TestNew_PreloadsWhatIsLoadedAtOnce(t *testing.T) {
	t.Parallel()
	sources := map[string][]byte{
		"js/main.js": []byte("const modules = ['a', 'b', 'gone'];\nimport(`./${name}.js`);"), "js/a.js": []byte("import {x} from './x.js';\nimport './y.js';\n"),
		"js/b.js": []byte("export const later = () => import('./later.js');\nexport {z} from './z.js';"), "js/x.js": []byte("import {x} from './a.js';"),
		"js/y.js": nil, "js/z.js": nil, "js/later.js": nil, "js/alone.js": nil,
	}
	if got := preload(sources); !slices.Equal(got, []string{"a.js", "b.js", "x.js", "y.js", "z.js"}) {
		t.Errorf("%v", got)
	}
}

func TestNew_ServesVendoredFilesByteForByte(t *testing.T) {
	t.Parallel()
	a, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := embedded.ReadFile("vendor/htmx-4.0.1.min.js")
	if err != nil {
		t.Fatal(err)
	}
	if file, _ := a.File("vendor/htmx-4.0.1.min.js"); !bytes.Equal(file.Body, raw) {
		t.Error("htmx was changed")
	}
	for name, file := range a.files {
		if file.Type == "" || strings.HasSuffix(name, ".png") != (file.Gzip == nil) {
			t.Errorf("%s is %q, %d bytes compressed", name, file.Type, len(file.Gzip))
		}
	}
}

func TestMinifyingLeavesSumsInCalc(t *testing.T) {
	t.Parallel()
	assets, err := New("test")
	if err != nil {
		t.Fatal(err)
	}
	sheet, _ := assets.File("app.css")
	if at := regexp.MustCompile(`calc\([^;}]*[^ ]\+[^;}]*\)`).Find(sheet.Body); at != nil {
		t.Errorf("without its spaces this is no sum: %s", at)
	}
}

// What looks from an absent descendant on to others has the browser restyle the whole page at every change: 20 ms on a board.
func TestStylesStayCheapToApply(t *testing.T) {
	t.Parallel()
	assets, err := New("test")
	if err != nil {
		t.Fatal(err)
	}
	sheet, _ := assets.File("app.css")
	for _, at := range regexp.MustCompile(`:not\(:has\([^{}]*?\)\)[ >+~]+[^{},]*:(nth|first|last|only|empty)[^{},]*`).FindAll(sheet.Body, -1) {
		t.Errorf("say this without :has(): %s", at)
	}
	for _, at := range regexp.MustCompile(`[^{},]*:not\(\[class\]\)\)? *:where\([^{},]*`).FindAll(sheet.Body, -1) {
		t.Errorf("htmx's classes on a region would restyle all of it: %s", at)
	}
}

// TestStylesStaySmall holds what every page loads of styles, as it is served.
func TestStylesStaySmall(t *testing.T) {
	t.Parallel()
	assets, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	sheet, _ := assets.File("app.css")
	t.Logf("%d bytes", len(sheet.Gzip))
	if len(sheet.Gzip) > 13<<10 {
		t.Errorf("%d bytes of styles are loaded by every page; those of one page may lie in css/page", len(sheet.Gzip))
	}
}

// TestOwnScriptsStaySmall holds what a page loads of our own scripts, as it is served: each file compressed by itself.
func TestOwnScriptsStaySmall(t *testing.T) {
	t.Parallel()
	assets, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	size := func(names ...string) (sum int) {
		for _, name := range names {
			file, found := assets.File("js/" + name)
			if !found {
				t.Errorf("there is no js/%s", name)
			}
			sum += len(file.Gzip)
		}
		return sum
	}
	// A page loads the first at once; the second when it is idle or touched, or at once where something is unsent.
	atOnce, writing := append(assets.Preload(), "main.js"), slices.DeleteFunc(reach("write.js"), func(name string) bool { return slices.Contains(assets.Preload(), name) })
	first, later := size(atOnce...), size(writing...)
	t.Logf("at once %d bytes in %d modules, to write %d more in %d", first, len(atOnce), later, len(writing))
	if first > 18<<10 {
		t.Errorf("%d bytes are loaded at once", first)
	}
	if later > 20<<10 {
		t.Errorf("%d bytes more are loaded to write", later)
	}
}

// reach lists a module and what it imports by name.
func reach(start string) []string {
	sources, _ := read()
	reached := []string{start}
	for i := 0; i < len(reached); i++ {
		for _, match := range imported.FindAllSubmatch(sources["js/"+reached[i]], -1) {
			if name := string(match[1]); !slices.Contains(reached, name) {
				reached = append(reached, name)
			}
		}
	}
	return reached
}
