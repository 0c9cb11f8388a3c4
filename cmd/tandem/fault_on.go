//go:build fault

package main

import "tandem/sync"

// switchFault switches on the fault that TANDEM_FAULT names. Only builds that exist to show that the checks can fail
// look at it.
func switchFault(getenv func(string) string) {
	if name := getenv("TANDEM_FAULT"); name != "" {
		sync.Break(name)
	}
}
