package markdown

import (
	"errors"
	"strings"
)

// goldmark needs the square of the length for two things that only an attacker writes: quotes and lists nested thousands deep,
// and beginnings of links that never end. 256 KiB of either took a minute, so they are recognised before.
const (
	maxDepth    = 40
	maxLinkScan = 8 << 20 // bytes that looking for the ends of links may read
)

var errCostly = errors.New("too costly to lay out")

// check refuses a text that would take long. It is exact in neither direction, but no honest text comes near the limits.
func check(text string) error {
	if linkScan(text) > maxLinkScan {
		return errCostly
	}
	for line := range strings.Lines(text) {
		if depth(line) > maxDepth {
			return errCostly
		}
	}
	return nil
}

// depth counts the marks of quotes and lists at the beginning of a line.
func depth(line string) int {
	n := 0
	for i := range len(line) {
		switch c := line[i]; {
		case c == '>':
			n++
		case strings.IndexByte("-+*.)", c) >= 0:
			if i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t') {
				n++
			}
		case c == ' ' || c == '\t' || '0' <= c && c <= '9':
		default:
			return n
		}
	}
	return n
}

// linkScan adds up how far the target of each link may reach: to the next space, or to the end of the line after "<".
func linkScan(text string) int {
	sum, space, end := 0, len(text), len(text)
	for i := len(text) - 1; i > 0; i-- {
		switch text[i] {
		case '\n':
			space, end = i, i
		case ' ', '\t':
			space = i
		case '(':
			if text[i-1] != ']' {
				continue
			}
			if strings.HasPrefix(text[i+1:], "<") {
				sum += end - i
			} else {
				sum += space - i
			}
		}
	}
	return sum
}
