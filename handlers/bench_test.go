package handlers

import (
	"fmt"
	stdsync "sync"
	"testing"
)

// What a bump costs: each of many readers asks for the board with the ETag that it has, and gets it anew.
func BenchmarkFragment_AfterAWrite(b *testing.B) {
	for _, readers := range []int{1, 200} {
		b.Run(fmt.Sprintf("%d readers", readers), func(b *testing.B) {
			h := setup(b)
			issue := h.issue("Busy")
			for i := range 100 {
				h.issue(fmt.Sprint("Issue ", i))
			}
			const path = "/acme/f/team/ENG?view=board"
			etag, i := h.ben.get(path).header.Get("ETag"), 0
			for b.Loop() {
				i++
				b.StopTimer()
				h.ann.apply(setField(issue.ref, h.head(), "priority", i%4+1))
				b.StartTimer()
				var asking stdsync.WaitGroup
				for range readers {
					asking.Go(func() { h.ben.get(path, "If-None-Match", etag, "Accept-Encoding", "gzip").ok() })
				}
				asking.Wait()
			}
		})
	}
}

func BenchmarkFragment_NotModified(b *testing.B) {
	h := setup(b)
	issue := h.issue("Still")
	path := "/acme/f/issue/" + issue.key
	etag := h.ben.get(path).header.Get("ETag")
	for b.Loop() {
		h.ben.get(path, "If-None-Match", etag).is(304)
	}
}

// What compressing a page costs, and what it leaves to send.
func BenchmarkCompress(b *testing.B) {
	h := setup(b)
	for i := range 100 {
		h.issue(fmt.Sprint("Issue ", i))
	}
	body := []byte(h.ben.get("/acme/team/ENG").ok().body)
	for _, to := range []coding{zipped, brotly} {
		b.Run(string(to), func(b *testing.B) {
			size := 0
			for b.Loop() {
				size = len(compress(body, to))
			}
			b.ReportMetric(float64(len(body)), "bytes")
			b.ReportMetric(float64(size), "sent-bytes")
		})
	}
}
