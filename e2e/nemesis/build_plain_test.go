//go:build !fault

package nemesis

func buildFlags() []string { return []string{"build"} }
