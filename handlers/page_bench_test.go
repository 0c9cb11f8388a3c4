package handlers

import (
	"fmt"
	"strings"
	"testing"

	"tandem/sync"
)

// BenchmarkPages is the server's time for whole pages, compressed as browsers take them: each as it comes again and again, and right after somebody
// changed what it shows. A page must cost as much in a team of 1,000 issues as in one of 100,000.
//
//	go test -run '^$' -bench BenchmarkPages ./handlers
func BenchmarkPages(b *testing.B) {
	for _, issues := range []int{1_000, 3_000, 100_000} {
		h := setup(b)
		h.peopled(issues)
		talked, busy := h.talked(200), h.issue("Busy")
		for _, page := range []struct {
			name, path, has string
			rows            int
		}{
			{"list of 50 rows", "/acme/team/ENG?f=status:doing", "data-record=\"issue:", 50},
			{"list of 1,000 rows", "/acme/team/ENG?group=assignee&f=-assignee:none", "data-record=\"issue:", 1000},
			{"list of all teams", "/acme/all", "data-record=\"issue:", 150},
			{"list of all teams by team", "/acme/all?group=team", "data-record=\"issue:", 50},
			{"list of all teams without groups", "/acme/all?group=none", "data-record=\"issue:", 50},
			{"list of all teams by assignee", "/acme/all?group=assignee", "data-record=\"issue:", 1000},
			{"list of all teams by priority", "/acme/all?group=priority", "data-record=\"issue:", 250},
			{"list of all teams by label", "/acme/all?group=label", "data-record=\"issue:", 100},
			{"list of all teams by project", "/acme/all?group=project", "data-record=\"issue:", 50},
			{"board", "/acme/team/ENG?view=board", "data-record=\"issue:", 150},
			{"search", "/acme/search?q=harbour+lantern", "/acme/issue/ENG-", 20},
			{"search with filters", "/acme/search?q=harbour&f=status:doing&f=-label:none", "/acme/issue/ENG-", 20},
			{"issue with 200 comments", "/acme/issue/" + talked.key, "data-record=\"comment:", 200},
		} {
			b.Run(fmt.Sprintf("%s, out of %d", page.name, issues), func(b *testing.B) {
				if rows := strings.Count(h.ben.get(page.path).ok().body, page.has); issues == 100_000 && rows < page.rows {
					b.Fatalf("%s shows %d of %q", page.path, rows, page.has)
				}
				b.Run("again", func(b *testing.B) {
					for b.Loop() {
						h.ben.get(page.path, "Accept-Encoding", "gzip").ok()
					}
				})
				changed := busy // the other's history would grow, which its page shows
				if strings.HasSuffix(page.path, talked.key) {
					changed = talked
				}
				b.Run("changed", func(b *testing.B) {
					for i := 0; b.Loop(); i++ {
						b.StopTimer()
						h.ann.apply(setField(changed.ref, h.head(), "priority", i%4+1))
						b.StartTimer()
						h.ben.get(page.path, "Accept-Encoding", "gzip").ok()
					}
				})
			})
		}
	}
}

// BenchmarkDelta is the server's time for what a bump makes a browser ask of a long list: what of it is new. It must go with what changed.
//
//	go test -run '^$' -bench BenchmarkDelta ./handlers
func BenchmarkDelta(b *testing.B) {
	h := setup(b)
	busy := h.issue("Busy")
	h.peopled(100_000)
	for _, list := range []struct {
		name, path string
	}{
		{"250 rows", "/acme/f/team/ENG?group=priority"},
		{"1,000 rows", "/acme/f/team/ENG?group=assignee"},
	} {
		b.Run(list.name, func(b *testing.B) {
			etag, size := h.ben.get(list.path).ok().header.Get("ETag"), 0
			for i := 0; b.Loop(); i++ {
				b.StopTimer()
				h.ann.apply(setField(busy.ref, h.head(), "title", fmt.Sprint("Busy ", i)))
				b.StartTimer()
				told := h.ben.get(list.path+"&since=1", "If-None-Match", etag, "Accept-Encoding", "gzip").ok()
				etag, size = told.header.Get("ETag"), len(told.body)
			}
			b.ReportMetric(float64(size), "sent-bytes")
		})
	}
}

// peopled fills the team with issues that differ as those of real teams do: most are done, each of 25 people has some, words come up again, and one
// transaction seldom changed two of them. Their versions lie before the log, which has nothing of them.
func (h *house) peopled(issues int) {
	h.t.Helper()
	program, client := sync.Program(h.ws)
	for i := range 25 {
		results, err := h.engine.Import(h.t.Context(), program, client, []sync.Transaction{{ID: newID(), Ops: []sync.Operation{{Op: sync.Create,
			Record: sync.NewRef("member", newID()), Set: map[string]any{"name": fmt.Sprint("Person ", i), "handle": fmt.Sprint("person", i), "role": sync.Member, "placeholder": true}}}}})
		must(h.t, err)
		must(h.t, results[0].Err())
	}
	one := h.issue("The first")
	h.exec(`with words as (select string_to_array('harbour lantern ferry kayak booking invoice refund deposit season weather login password export import calendar mail
			phone screen button colour label filter search order list board card drag drop keyboard slow fast broken missing wrong twice never sometimes', ' ') as w),
		people as (select array_agg(id) as p from member where workspace_id = $3 and placeholder),
		statuses as (select array[$4, $5, $6]::uuid[] as s)
		insert into issue (workspace_id, id, team_id, number, title, description, status_id, priority, assignee_id, labels, subscribers, rank, author_id, version, stamps, created_at, updated_at)
		select i.workspace_id, gen_random_uuid(), team_id, 1000 + n,
			concat_ws(' ', initcap(w[1 + (n * 7) % cardinality(w)]), w[1 + (n * 13 + n / 40) % cardinality(w)], w[1 + (n * 29 + n / 7) % cardinality(w)], w[1 + (n * 5 + n / 3) % cardinality(w)], n),
			repeat('What happens when the ' || w[1 + n % cardinality(w)] || ' is not there. ', 6),
			s[case when n % 20 < 3 then 1 when n % 20 = 3 then 2 else 3 end], n % 5, p[1 + n % 26], case when n % 3 = 0 then array[$7]::uuid[] else '{}' end, subscribers,
			rank || (1000000 + n) || '1', author_id, version - n, stamps, i.created_at - n * interval '1 minute', i.updated_at - n * interval '1 minute'
		from issue i, words, people, statuses, generate_series(1, $2) n where i.id = $1`,
		one.ref.ID(), issues, h.ws, h.todo.ID(), h.doing.ID(), sync.StatusID(h.eng, "Done"), h.bug.ID())
	h.exec("vacuum analyze")
}

// talked is an issue with many comments of two people, one of whom reads it.
func (h *house) talked(comments int) madeIssue {
	h.t.Helper()
	issue := h.issue("Much talked about")
	for i := range comments {
		[]*browser{h.ann, h.ben}[i%2].apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{
			"issue": string(issue.ref), "body": fmt.Sprintf("Remark %d: it *still* happens when the `lantern` is out, see ENG-1.\n\n- once\n- twice", i)}})
	}
	return issue
}
