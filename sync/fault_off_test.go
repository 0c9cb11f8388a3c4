//go:build !fault

package sync

func switchFault() {}
