package client

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestClient_AReplicaFollowsWhatOthersWrite(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	writer, reader := run(t, Options{Servers: []string{o.url}, Header: o.header}), run(t, Options{Servers: []string{o.url}, Header: o.header})
	reader.sees(t, "the team", func() bool { _, found := reader.Record(o.team); return found })
	ref, op := o.issue("Fix login")
	id := writer.Send("Make an issue", op)
	if result := writer.result(t); result.ID != id || result.Status != Applied {
		t.Fatalf("%+v", result)
	}
	for _, d := range []*device{writer, reader} {
		d.sees(t, "the issue", func() bool { issue, _ := d.Record(ref); return issue.Fields["title"] == "Fix login" })
	}
	writer.Send("", Operation{Op: "delete", Record: ref})
	reader.sees(t, "that it is gone", func() bool { _, found := reader.Record(ref); return !found })
}

func TestClient_S11_ALostAnswerIsAskedForAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	lost := 0
	line := &lossy{after: func(r *http.Request) bool { lost++; return r.Method == http.MethodPost && lost < 6 }}
	d := run(t, Options{Servers: []string{o.url}, Header: o.header, HTTP: &http.Client{Transport: line}})
	_, first := o.issue("once")
	_, second := o.issue("once")
	d.Send("", first)
	d.Send("", second)
	replayed := false
	for range 2 {
		result := d.result(t)
		replayed = replayed || result.Replayed
		if result.Status != Applied {
			t.Errorf("%+v", result)
		}
	}
	if !replayed {
		t.Error("no answer was lost")
	}
	d.sees(t, "each issue once", func() bool {
		records, _ := d.Records()
		count := 0
		for _, record := range records {
			if record.Fields["title"] == "once" {
				count++
			}
		}
		return count == 2
	})
}

func TestClient_S25_ACutPullGoesOnBehindItsLastPage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	writer := run(t, Options{Servers: []string{o.url}, Header: o.header})
	for i := range 20 {
		_, op := o.issue(fmt.Sprintf("issue %d", i))
		writer.Send("", op)
	}
	for range 20 {
		writer.result(t)
	}
	pulls, cut := 0, false
	line := &lossy{before: func(r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/sync/pull") || cut {
			return false
		}
		pulls++
		cut = pulls == 3
		return cut
	}}
	reader := run(t, Options{Servers: []string{o.url}, Header: o.header, Limit: 5, HTTP: &http.Client{Transport: line}})
	reader.sees(t, "all of it", func() bool {
		records, _ := reader.Records()
		return len(records) >= 20
	})
	line.mu.Lock()
	defer line.mu.Unlock()
	if line.seen[2] != line.seen[3] || line.seen[2] == line.seen[1] {
		t.Errorf("the pulls were %q", line.seen)
	}
}

func TestClient_WhatIsLeftUnsentGoesOnUnderItsID(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	line := &lossy{before: func(r *http.Request) bool { return r.Method == http.MethodPost }}
	before := run(t, Options{Servers: []string{o.url}, Header: o.header, HTTP: &http.Client{Transport: line}})
	ref, op := o.issue("kept")
	id := before.Send("", op)
	after := run(t, Options{Servers: []string{o.url}, Header: o.header, ID: before.ID(), Outbox: before.Unsent()})
	if result := after.result(t); result.ID != id || result.Status != Applied {
		t.Errorf("%+v", result)
	}
	after.sees(t, "the issue", func() bool { _, found := after.Record(ref); return found })
}
