// Package nemesis shows that nothing is lost, nothing is done twice and nobody is left with another state, whatever
// breaks: it runs ten clients against two nodes and a PostgreSQL of its own, all of them real processes, while faults
// drawn at random are done to every part and every line between them. Then it heals everything and compares.
//
//	go test ./e2e/nemesis                                           one round with 5 s of faults
//	go test ./e2e/nemesis -long -timeout 10m                        one round with 60 s, 50 transactions a second and client (S80)
//	go test ./e2e/nemesis -run S80 -rounds 1000 -round 2s -timeout 3h -v  the long run; see docs/nemesis.md
//	go test ./e2e/nemesis -run S80 -seed 7 -v                       the faults of one seed again
//	go test -tags fault -run FaultsTurn ./e2e/nemesis               each built-in fault turns a round red
//
// round_test.go tells the story of a round. What is broken is in fault_test.go; stage_test.go, cluster_test.go,
// node_test.go and line_test.go are what it is done to. actor_test.go and workload_test.go are who writes, through
// internal/client alone; history_test.go is what each of them was told, and is judged while it happens. check_test.go
// and fold_test.go judge the end, against the log as SQL shows it.
//
// Runs differ even with one seed, for processes do not keep time: the seed fixes what is drawn, not what it meets.
package nemesis
