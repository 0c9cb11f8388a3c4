// Package handlers answers HTTP: it reads a request, calls one method of the engine, and renders a page or a fragment.
// It holds no SQL and no rule.
//
// A request's journey:
//
//	POST /{ws}/issue/ENG-12/status      (a plain form; with JavaScript the same transaction comes by push.go)
//	 routes.go          names the handler
//	 server.go          recover -> request id -> access log -> headers -> body limit -> cross-origin check -> handler
//	 session.go         whose the request is, and who they are in the workspace
//	 issue_write.go     setIssue: the form as one transaction (form.go), s.apply, then back, or the fragment
//	 sync/committer.go  groups what waits in this workspace
//	 sync/apply.go      lock -> head -> replay check -> apply -> validate -> authorise -> write, log, topics, results -> commit
//	 sync/issue.go      what a status may become, and who may set it
//	 queries/…          SQL
//	 respond.go         page or fragment, into a buffer; fragment_cache.go keeps fragments for all who see the same
//	 views/…            the HTML
//	 errors.go          what went wrong, as a status with a page, a notice or problem+json
//	      after commit, on every node:
//	 sync/bus.go        a hint (or the poll, once a second) wakes it -> reads the log from its cursor
//	 sync/hub.go        leaves V, topics and records in the mailbox of each reader who may see them
//	 feed.go            each stream's own goroutine takes what waits for its reader, and writes it
//	 events.go          prints `id: V`, `event: bump`, JSON, once for all who are told the same
//	      then the browser refetches its stale fragments
//
// A fragment is asked for with the V that it was last seen at (If-None-Match). One round trip tells whether anything
// that it shows has changed since, other issues too (beside.go); only then is it read and rendered, once for all who have
// the same rights. Of a list that the browser has already, the rows that did not change stay at home (delta.go).
//
// A whole page is never kept, but nearly all of it is: the reading of an issue (kept_issue.go), its thread (drawn_thread.go), the rows of a list
// (drawn_row.go), and what gzip makes of them (shared_piece.go).
package handlers
