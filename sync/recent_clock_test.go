package sync

import (
	"testing"
	"time"
)

// A node that slept has not counted the time: what it takes PostgreSQL's clock for lies behind by as much.
func TestRecent_IsNotUsableAfterASleep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		ran, passed time.Duration
		want        bool
	}{
		"awake":                     {5 * time.Second, 5 * time.Second, true},
		"a clock that is corrected": {5 * time.Second, 4900 * time.Millisecond, true},
		"a pause":                   {time.Minute, time.Minute, false},
		"a night asleep":            {5 * time.Second, 8 * time.Hour, false},
		"some seconds asleep":       {5 * time.Second, 20 * time.Second, false},
		"a clock that was set back": {5 * time.Second, -time.Hour, false},
	} {
		if got := clockRan(c.ran, c.passed); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	k := &recent{words: &vocabulary{}, seen: time.Now()}
	if !k.usable(k.seen.Add(time.Second)) || k.usable(k.seen.Add(2*recentLife)) {
		t.Error("what was just read is not usable, or what is old is")
	}
}
