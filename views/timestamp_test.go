package views

import (
	"testing"
	"time"
)

func TestDue_IsWordedByHowFarAwayItIs(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		days         int
		state        string
		brief, words string
	}{
		{-400, "late", "400 d late", "19 Oct 2025, 400 d late"},
		{-1, "late", "1 d late", "22 Nov, 1 d late"},
		{0, "soon", "today", "23 Nov, today"},
		{1, "soon", "tomorrow", "24 Nov, tomorrow"},
		{7, "soon", "in 7 d", "30 Nov, in 7 d"},
		{8, "", "1 Dec", "1 Dec"},
		{39, "", "1 Jan 2027", "1 Jan 2027"},
	} {
		due := Due{Day: today.AddDate(0, 0, c.days), State: c.state, Today: today}
		if due.brief() != c.brief || due.words() != c.words {
			t.Errorf("%d days: %q, %q", c.days, due.brief(), due.words())
		}
	}
	if (Due{}).words() != "" || (Due{Day: today}).brief() != "23 Nov 2026" {
		t.Error("without a day, or without today")
	}
}
