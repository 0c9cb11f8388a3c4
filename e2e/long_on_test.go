//go:build long

package e2e

// long says that minutes do not matter.
const long = true
