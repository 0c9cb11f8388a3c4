//go:build linux

// Bench measures Tandem against the limit: the least that a program must do which writes versioned records to PostgreSQL and
// tells others of it (folder limit). It builds both, starts PostgreSQL as `tandem serve` does, fsync and all, with a database for
// each side, and lets the sides run in turn, so that what else the machine does falls on both:
//
//	go run ./e2e/bench                        all measures, three rounds: about ten minutes on a quiet machine
//	go run ./e2e/bench -only write,hot        some of them
//	go run ./e2e/bench -rounds 5 -markdown    for docs/bench.md
//
// It prints medians of the rounds, their ratios and what is to be reached, and always ends well: a speed fails no build.
//
//	main.go         the command: what is measured, by whom, how often
//	cluster.go      PostgreSQL and its CPU; process.go reads /proc
//	program.go      a server of one side, in its own process
//	side.go         what both sides offer; tandem_side.go, limit_side.go
//	connection.go   HTTP with as little of our own CPU as can be
//	write.go        acknowledged writes: one writer, 64 on one workspace, 64 on 64
//	pgbench.go      the statements of a Tandem write (recorder.go) without Tandem
//	herd.go         thousands of streams, read by one goroutine
//	bump.go         from a write to the last stream; memory; a reader that stalls
//	fragment.go     1,000 viewers fetch a list anew
//	reader.go       10 to 200 readers of a board, each with a stream, who fetch it anew when they are told
//	table.go        the result
//
// CPU a write is that of the server's process and of all of PostgreSQL's, both from /proc; the load's own is not in it. It runs
// on Linux alone, for /proc and epoll.
package main
