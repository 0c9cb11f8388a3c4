//go:build !fault

package main

func switchFault(func(string) string) {}
