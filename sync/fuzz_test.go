package sync

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// FuzzMerge holds what authors rely on, whatever they wrote: a merge that is clean has every line that both kept,
// what one alone changed is taken as it is, and who of them came first does not matter for whether it is clean.
func FuzzMerge(f *testing.F) {
	for _, texts := range [][3]string{{"", "", ""}, {"a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n"}, {"fix login", "fix logout", "fix signup"}, {"a\r\nb", "a\r\nb\r\nc", "z\r\na\r\nb"},
		{"x\nx\nx\n", "x\nx\n", "x\ny\nx\nx\n"}, {"\xff", "\xff\n", "a\xff"}, {"one two", "one  two", "one two "}, {"a\n", "", "a\nb\n"}} {
		f.Add(texts[0], texts[1], texts[2])
	}
	f.Fuzz(func(t *testing.T, base, theirs, mine string) {
		merged, clean := Merge(base, theirs, mine)
		if _, turned := Merge(base, mine, theirs); turned != clean {
			t.Fatalf("clean %t, the other way round %t", clean, turned)
		}
		for _, same := range [][3]string{{base, mine, mine}, {mine, mine, theirs}, {theirs, mine, theirs}} {
			want := same[1]
			if same[0] == same[1] {
				want = same[2]
			}
			if got, clean := Merge(same[0], same[1], same[2]); !clean || got != want {
				t.Fatalf("%q became %q, clean %t, though one alone had changed it", want, got, clean)
			}
		}
		if !clean {
			return
		}
		byThem, byMe := counts(theirs), counts(mine)
		for line, n := range counts(base) {
			if n == 1 && byThem[line] == 1 && byMe[line] == 1 && !strings.Contains(merged, line) {
				t.Fatalf("%q was kept by both, and is not in %q", line, merged)
			}
		}
	})
}

// counts is how often each line stands in a text, without its line break.
func counts(text string) map[string]int {
	counts := map[string]int{}
	for line := range strings.SplitSeq(text, "\n") {
		counts[line]++
	}
	return counts
}

// FuzzRank puts cards wherever the input says: each stands between its neighbours then, and all stay in one order.
func FuzzRank(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 1, 1})
	f.Add([]byte(strings.Repeat("\x01", 200)))
	f.Add([]byte(strings.Repeat("\x01\x02", 100)))
	f.Add([]byte(strings.Repeat("\xff", 300)))
	f.Fuzz(func(t *testing.T, places []byte) {
		var line []string
		for _, place := range places[:min(len(places), 2000)] {
			at := int(place) % (len(line) + 1)
			low, high := "", ""
			if at > 0 {
				low = line[at-1]
			}
			if at < len(line) {
				high = line[at]
			}
			rank := rankBetween(low, high)
			if rank <= low || high != "" && rank >= high {
				t.Fatalf("%q is not between %q and %q", rank, low, high)
			}
			line = slices.Insert(line, at, rank)
		}
	})
}

// FuzzRef: a reference has one way to be written, so that it may serve as a key.
func FuzzRef(f *testing.F) {
	for _, ref := range []string{"", "issue:", "issue:0198c5a0-0000-7000-8000-000000000000", "issue:0198C5A0-0000-7000-8000-000000000000", "a:b:c", ":0198c5a0-0000-7000-8000-000000000000",
		"issue:{0198c5a0-0000-7000-8000-00000000}", "issue:urn:uuid:0198c5a0-0000-7000-8000-0000", "issue:0198c5a0000070008000000000000000"} {
		f.Add(ref)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		kind, id, ok := Ref(raw).Parse()
		if ok && string(NewRef(kind, id)) != raw || !ok && (kind != "" || id != uuid.Nil) || Ref(raw).ID() != id {
			t.Errorf("%q is %q %s %t", raw, kind, id, ok)
		}
	})
}

// FuzzCursor: where a page begins is read without harm, and written as it was read.
func FuzzCursor(f *testing.F) {
	f.Add("")
	f.Add(after{true, groupKey{uuid.Max, 3}, -1 << 63, "a0V"}.String())
	f.Add(formatMoment(time.Date(2026, 11, 22, 10, 0, 0, 1000, time.UTC), uuid.Max))
	f.Add("MjAyNi0xMS0yMg")
	f.Add("10000")
	f.Fuzz(func(t *testing.T, raw string) {
		if place, err := parseAfter(raw); err == nil && raw != "" {
			if again, err := parseAfter(place.String()); err != nil || again != place {
				t.Errorf("%+v became %+v: %v", place, again, err)
			}
		}
		if at, id, err := parseMoment(raw); err == nil {
			if then, same, err := parseMoment(formatMoment(at, id)); err != nil || !then.Equal(at) || same != id {
				t.Errorf("%s %s became %s %s: %v", at, id, then, same, err)
			}
		}
		if skip, err := parseSkip(raw); err == nil && (skip < 0 || skip > 10000) {
			t.Errorf("it skips %d", skip)
		}
	})
}

var (
	workspaceForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)
	teamKeyForm   = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,6}$`)
)

// FuzzNames: what is made of a name is what URLs and the database take; no address is "", and the form asks for one.
func FuzzNames(f *testing.F) {
	for _, name := range []string{"", "Grand Budapest", "42", "Ünïcode & more", "a", "----", "\xff\x00", "İ", "ß", "sync", strings.Repeat("x", 100), "ǅ"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if slug := WorkspaceSlug(name); slug != "" && (!workspaceForm.MatchString(slug) || WorkspaceSlug(slug) != slug) {
			t.Errorf("%q makes the address %q", name, slug)
		}
		if key := TeamKey(name); !teamKeyForm.MatchString(key) {
			t.Errorf("%q makes the key %q", name, key)
		}
		if slug := Slug(name); Slug(slug) != slug || strings.ContainsAny(slug, " /?#&\x00") {
			t.Errorf("%q makes the slug %q, and that %q", name, slug, Slug(slug))
		}
		if kept := shortened(name, 20); len(kept) > 20 || strings.ContainsRune(kept, 0) {
			t.Errorf("%q is kept as %q", name, kept)
		}
	})
}

// FuzzOperations: what is read from the wire is the same transaction when it comes again, and a NUL is seen wherever it is.
func FuzzOperations(f *testing.F) {
	for _, raw := range []string{`[]`, `[{"op":"set","record":"issue:x","base":1,"set":{"title":"a\u0000"}}]`, `[{"op":"text","text":"\\u0000","from":"\\\u0000"}]`,
		`[{"set":{"a":[1,{"b\u0000":null}]}}]`, `[{"value":"\ud800","after":"\\"}]`} {
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		var ops []Operation
		if json.Unmarshal([]byte(raw), &ops) != nil {
			return
		}
		first, err := Transaction{Ops: ops}.imprint()
		must(t, err)
		written, err := json.Marshal(ops)
		must(t, err)
		var again []Operation
		must(t, json.Unmarshal(written, &again))
		second, err := Transaction{Ops: again}.imprint()
		must(t, err)
		if !bytes.Equal(first.sum, second.sum) {
			t.Errorf("%s is another transaction when it is written again", written)
		}
		if got, want := first.nul, strings.Contains(flat(ops), "\x00"); got != want {
			t.Errorf("NUL %t in %q", got, flat(ops))
		}
	})
}

// flat is all text of operations, member names too.
func flat(ops []Operation) string {
	var all strings.Builder
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			all.WriteString(v)
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for name, one := range v {
				all.WriteString(name)
				walk(one)
			}
		}
	}
	for _, op := range ops {
		for _, text := range []string{string(op.Op), string(op.Record), op.Field, op.Value, string(op.After), string(op.Before)} {
			all.WriteString(text)
		}
		for _, text := range []*string{op.From, op.Text} {
			if text != nil {
				all.WriteString(*text)
			}
		}
		walk(map[string]any(op.Set))
	}
	return all.String()
}
