package sync

import (
	"testing"

	"pgregory.net/rapid"
)

func TestCompare_NamesTheWordsThatChanged(t *testing.T) {
	t.Parallel()
	got := Compare("one\ntwo of them\nthree\n", "one\ntwo of us\nthree\nfour\n")
	want := []Stretch{{Kept, "one\ntwo of "}, {Gone, "them"}, {Come, "us"}, {Kept, "\nthree\n"}, {Come, "four\n"}}
	wantSame(t, "stretches", want, got)
	wantSame(t, "of equal texts", []Stretch{{Kept, "as it was"}}, Compare("as it was", "as it was"))
	wantSame(t, "of nothing", []Stretch(nil), Compare("", ""))
}

func TestCompare_MakesBothTexts(t *testing.T) {
	t.Parallel()
	text := rapid.StringMatching(`([abé] ?|\n){0,40}`)
	rapid.Check(t, func(r *rapid.T) {
		was, is := text.Draw(r, "was"), text.Draw(r, "is")
		before, after := "", ""
		for _, one := range Compare(was, is) {
			if one.Kind != Come {
				before += one.Text
			}
			if one.Kind != Gone {
				after += one.Text
			}
		}
		if before != was || after != is {
			r.Fatalf("%q to %q gives %q and %q", was, is, before, after)
		}
	})
}
