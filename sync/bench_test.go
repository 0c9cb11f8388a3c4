package sync

import (
	"fmt"
	stdsync "sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"tandem/queries/querytest"
)

// BenchmarkWrite is an acknowledged write: one writer alone, 64 on one workspace, 64 on 64 workspaces.
func BenchmarkWrite(b *testing.B) {
	b.Run("alone", func(b *testing.B) { benchmarkWriters(b, 1, 1) })
	b.Run("64 writers, one workspace", func(b *testing.B) { benchmarkWriters(b, 64, 1) })
	b.Run("64 writers, 64 workspaces", func(b *testing.B) { benchmarkWriters(b, 64, 64) })
}

// benchWriter is one tab that writes to an issue of its own.
type benchWriter struct {
	h       *house
	issue   Ref
	version int64
	tab     uuid.UUID
	writes  int
}

func benchmarkWriters(b *testing.B, writers, workspaces int) {
	all := benchWriters(b, writers, benchHouses(b, workspaces)...)
	b.ResetTimer()
	writeAll(b, all, b.N)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
}

// benchWriters are so many writers, spread over houses.
func benchWriters(b *testing.B, count int, houses ...*house) []*benchWriter {
	b.Helper()
	all := make([]*benchWriter, count)
	for i := range all {
		w := &benchWriter{h: houses[i%len(houses)], tab: newID()}
		w.issue, w.version = w.h.issue(b, fmt.Sprint("issue ", i))
		all[i] = w
	}
	return all
}

// writeAll returns when the writers together have written so often, each as fast as it is answered.
func writeAll(b *testing.B, all []*benchWriter, count int) {
	var left atomic.Int64
	left.Store(int64(count))
	var done stdsync.WaitGroup
	for _, w := range all {
		done.Go(func() {
			for left.Add(-1) >= 0 {
				w.write(b)
			}
		})
	}
	done.Wait()
}

// write changes the issue's priority.
func (w *benchWriter) write(b *testing.B) {
	w.writes++
	answer, err := w.h.Push(b.Context(), w.h.ben, Push{Client: w.tab, Transactions: []Transaction{
		{ID: newID(), Ops: []Operation{setField(w.issue, w.version, "priority", w.writes%5)}}}})
	if err != nil || answer.Results[0].Status != Applied {
		b.Errorf("%v %+v", err, answer)
		return
	}
	w.version = answer.Results[0].Version
}

// benchHouses furnishes workspaces of one engine on one database.
func benchHouses(b *testing.B, count int) []*house {
	b.Helper()
	engine := New(Options{Pool: querytest.DB(b)})
	engine.Start()
	b.Cleanup(engine.Stop)
	houses := make([]*house, count)
	for i := range houses {
		houses[i] = benchHouse(b, engine, fmt.Sprintf("ws%d", i))
	}
	return houses
}

func benchHouse(b *testing.B, engine *Engine, slug string) *house {
	b.Helper()
	h := &house{Engine: engine, annsTab: newID(), bensTab: newID()}
	h.furnishAs(b, slug)
	return h
}

// BenchmarkBump is the time from a write's call to the wake of another reader.
func BenchmarkBump(b *testing.B) {
	h := benchHouses(b, 1)[0]
	issue, version := h.issue(b, "Fix login")
	s, err := h.Subscribe(b.Context(), h.ann, &version)
	must(b, err)
	defer s.Close()
	w := &benchWriter{h: h, issue: issue, version: version, tab: newID()}
	b.ResetTimer()
	for range b.N {
		var writing stdsync.WaitGroup
		writing.Go(func() { w.write(b) })
		for event := next(b, s); event.Version < version+1; event = next(b, s) {
		}
		version++
		b.StopTimer() // the answer to the writer is not what is measured
		writing.Wait()
		b.StartTimer()
	}
}

// BenchmarkList reads a team's list, 50 rows a group, out of 10,000 issues in three groups.
func BenchmarkList(b *testing.B) {
	h := benchHouses(b, 1)[0]
	actor, client := Program(h.ws)
	for range 10 {
		var transactions []Transaction
		for range 40 {
			var ops []Operation
			for n := range 25 {
				op := create(h, NewRef("issue", newID()), fmt.Sprint("A title of some length for issue ", n))
				op.Set["status"] = string([]Ref{h.todo, h.doing, h.done}[n%3])
				ops = append(ops, op)
			}
			transactions = append(transactions, Transaction{ID: newID(), Ops: ops})
		}
		_, err := h.Import(b.Context(), actor, client, transactions)
		must(b, err)
	}
	_, err := h.pool.Exec(b.Context(), "vacuum analyze")
	must(b, err)
	b.ResetTimer()
	for range b.N {
		list, err := h.TeamIssues(b.Context(), h.ben, "ENG", ListOptions{})
		if err != nil || len(list.Groups[0].Issues) != PageSize || list.Groups[0].Count+list.Groups[1].Count+list.Groups[2].Count != 10000 {
			b.Fatalf("%v %+v", err, list.Groups[0].Count)
		}
	}
}

// BenchmarkFreshness is what a conditional GET costs.
func BenchmarkFreshness(b *testing.B) {
	h := benchHouses(b, 1)[0]
	h.issue(b, "Fix login")
	b.ResetTimer()
	for range b.N {
		if _, err := h.Freshness(b.Context(), h.ben, topic("team", h.team), topicVocabulary); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMerge brings two edits of a text of 70,000 characters together.
func BenchmarkMerge(b *testing.B) {
	base := ""
	for n := range 1400 {
		base += fmt.Sprintf("This is line number %d of a long description.\n", n)
	}
	theirs, mine := "An opening.\n"+base, base+"A closing.\n"
	b.ResetTimer()
	for range b.N {
		if _, clean := Merge(base, theirs, mine); !clean {
			b.Fatal("clash")
		}
	}
}
