package handlers

import (
	"net/http"
	"slices"
	"testing"
	"time"
)

func TestS86_StreamsAreToldToComeBackSpreadOverTime(t *testing.T) {
	t.Parallel()
	for _, count := range []int{60, 1000, 9999} {
		times := make([]time.Duration, count)
		for i := range times {
			times[i] = comeBack(i + 17)
		}
		slices.Sort(times)
		for i, begin := range times {
			end, _ := slices.BinarySearch(times, begin+time.Second)
			if most := count / 5; end-i > most {
				t.Fatalf("%d of %d come within a second after %s", end-i, count, begin)
			}
		}
		if first, last := times[0], times[count-1]; first < soonest || last > soonest+spread {
			t.Errorf("from %s to %s", first, last)
		}
	}
}

func TestS86_EachStreamIsToldAnotherTime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	url := h.serve() + "/acme/sync/events"
	seen := map[string]bool{}
	for range 5 {
		stream := h.ben.stream(url)
		hello := stream.next()
		if hello.name != "hello" || hello.retry == "" || seen[hello.retry] {
			t.Errorf("%+v", hello)
		}
		seen[hello.retry] = true
	}
}

func TestS86_ADrainingServerIsNotReadyAndAnswersAll(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.ben.get("/readyz").ok()
	h.Drain()
	h.ben.get("/readyz").is(http.StatusServiceUnavailable)
	h.ben.get("/healthz").ok()
	if got := h.ben.get("/acme").ok().header.Get("Connection"); got != "close" {
		t.Errorf("Connection: %q", got)
	}
	issue := h.issue("Written while it drains")
	if stream := h.open(h.ben, ""); stream.next().id != issue.version {
		t.Error("no stream while it drains")
	}
}
