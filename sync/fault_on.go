//go:build fault

package sync

import "sync/atomic"

var broken atomic.Value

// Break switches one fault on, for the self-test that shows the checks can fail. Only builds with the tag have it.
func Break(name string) { broken.Store(name) }

func fault(name string) bool { return broken.Load() == name }
