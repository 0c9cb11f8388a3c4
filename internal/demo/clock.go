package demo

import (
	"hash/fnv"
	"slices"
	"time"
)

// People of the demo work from seven to five, UTC, Monday to Friday.
const (
	opens   = 7
	closes  = 17
	history = 230 // days back to the first issue of a team
)

// choose gives one of 0..n-1, always the same for the same words: it stands in for chance.
func choose(n int, words ...string) int {
	h := fnv.New64a()
	for _, word := range words {
		h.Write([]byte(word))
		h.Write([]byte{0})
	}
	// The low bits of FNV are weak for short texts that differ little.
	sum := h.Sum64()
	sum ^= sum >> 33
	sum *= 0xff51afd7ed558ccd
	sum ^= sum >> 33
	return int(sum % uint64(n))
}

// birthdays gives n moments in office hours, in order and all different, from months ago until yesterday.
func birthdays(team string, n int, now time.Time) []time.Time {
	midnight := now.Truncate(24 * time.Hour)
	times := make([]time.Time, n)
	for i := range times {
		salt := string(rune('a' + i))
		day := 1 + (n-1-i)*history/n
		at := midnight.AddDate(0, 0, -day)
		for at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
			at = at.AddDate(0, 0, -1)
		}
		seconds := choose((closes-opens-2)*3600, team, salt, "created")
		times[i] = at.Add(opens*time.Hour + time.Duration(seconds)*time.Second)
	}
	slices.SortFunc(times, time.Time.Compare)
	for i := 1; i < n; i++ {
		if !times[i].After(times[i-1]) {
			times[i] = times[i-1].Add(time.Second)
		}
	}
	return times
}

// addWork moves forward by d of office hours. t itself is within them.
func addWork(t time.Time, d time.Duration) time.Time {
	for {
		left := closing(t).Sub(t)
		if d < left {
			return t.Add(d)
		}
		d -= left
		t = nextOpening(t)
	}
}

// workBetween is the sum of office hours from t, which is within them, to now.
func workBetween(t, now time.Time) time.Duration {
	var sum time.Duration
	for t.Before(now) {
		sum += min(closing(t).Sub(t), now.Sub(t))
		t = nextOpening(t)
	}
	return sum
}

func closing(t time.Time) time.Time { return t.Truncate(24 * time.Hour).Add(closes * time.Hour) }

func nextOpening(t time.Time) time.Time {
	t = t.Truncate(24 * time.Hour).Add((24 + opens) * time.Hour)
	for t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		t = t.AddDate(0, 0, 1)
	}
	return t
}
