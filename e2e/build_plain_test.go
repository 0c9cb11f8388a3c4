//go:build !fault

package e2e

func buildFlags() []string { return []string{"build"} }
