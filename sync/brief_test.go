package sync

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestBrief_KeepsAValueForItsLifeAndTheLastOnes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kept := newBrief[string, int](2, 2*time.Second)
		kept.add("oldest", 1)
		kept.add("older", 2)
		kept.add("last", 3)
		if _, known := kept.get("oldest"); known {
			t.Error("three are kept of two")
		}
		time.Sleep(2*time.Second - 1) // the bubble's clock: nobody waits
		if value, known := kept.get("older"); !known || value != 2 {
			t.Error("a value is gone before its time")
		}
		kept.add("older", 4)
		time.Sleep(time.Nanosecond)
		if _, known := kept.get("last"); known {
			t.Error("a value outlives its time: being asked for does not lengthen it")
		}
		if value, known := kept.get("older"); !known || value != 4 {
			t.Error("what was read anew is not kept anew")
		}
	})
}
