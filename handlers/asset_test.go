package handlers

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestAssets(t *testing.T) {
	t.Parallel()
	h := bareHouse(t)
	b, below := h.stranger(), "/assets/"+string(h.build)+"/"
	for name, kind := range map[string]string{"app.css": "text/css", "js/main.js": "text/javascript", "vendor/htmx-4.0.1.min.js": "text/javascript",
		"icons.svg": "image/svg+xml", "icons/tandem-192.png": "image/png", "manifest.json": "application/manifest+json"} {
		answer := b.get(below + name).ok()
		if !strings.HasPrefix(answer.header.Get("Content-Type"), kind) || !strings.Contains(answer.header.Get("Cache-Control"), "immutable") || answer.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %v", name, answer.header)
		}
		if other := b.get("/assets/another/" + name).ok(); strings.Contains(other.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s of another build is kept for good", name)
		}
	}
	var list []string
	must(t, json.Unmarshal([]byte(b.get(below+"list.json").ok().body), &list))
	for _, name := range list {
		b.get(below + name).ok()
	}
	if !slices.Contains(list, "app.css") || slices.Contains(list, "css/base.css") || slices.ContainsFunc(list, func(name string) bool { return strings.HasPrefix(name, "js/test") }) {
		t.Errorf("%v", list)
	}
	b.get(below + "js/test/fakes.js").is(http.StatusNotFound)
	b.get(below + "../static.go").is(http.StatusNotFound)
	worker := b.get("/service_worker.js?build=x").ok()
	if worker.header.Get("Cache-Control") != "no-cache" || !strings.HasPrefix(worker.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("%v", worker.header)
	}
	b.get("/manifest.json").ok().has(`"name"`)
	b.get("/healthz").ok()
	b.get("/readyz").ok()
}
