package github

import (
	"testing"
	"time"
)

func TestHexColor(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"B07645": "#b07645", "#0052cc": "#0052cc", "abc": "#aabbcc", "": "", "red": "", "12345": "", "1234567": "", "##1234": "",
	} {
		if got, ok := hexColor(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestParseAddress(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]address{
		"https://github.com/o/r/issues/1":                   {repo: "o/r"},
		"https://api.github.com/repos/o/r/issues/1":         {repo: "o/r"},
		"https://github.com/o/r/pull/1":                     {repo: "o/r", pull: true},
		"https://api.github.com/repos/o/r/pulls/1":          {repo: "o/r", pull: true},
		"https://github.com/pull/pulls/issues/1":            {repo: "pull/pulls"},
		"https://api.github.com/repos/o/issues/issues/1":    {repo: "o/issues"},
		"https://git.example.org/api/v3/repos/o/r/issues/1": {repo: "git.example.org/o/r"},
		"https://github.com/o/r":                            {},
		"issues/1":                                          {},
		"":                                                  {},
	} {
		if got := parseAddress(url); got != want {
			t.Errorf("%q: %+v, want %+v", url, got, want)
		}
	}
}

func TestTime_AcceptsMixedOffsets(t *testing.T) {
	t.Parallel()
	want := time.Date(2024, 3, 28, 1, 7, 43, 0, time.UTC)
	for _, text := range []string{
		"2024-03-28T01:07:43Z", "2024-03-28T01:07:43.000000+00:00", "2024-03-28T03:07:43+02:00", "2024-03-27T19:37:43-0530",
		"2024-03-28 01:07:43 UTC", "2024-03-28 02:07:43 +0100", "2024-03-28T01:07:43", "2024-03-28 03:07:43+02:00",
	} {
		p := parser{}
		if got := p.time("", text); !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%q: %v", text, got)
		}
	}
}
