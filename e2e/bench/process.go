//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of CPU time in /proc; Linux has had no other for user space.
const tick = 10 * time.Millisecond

// status is what /proc/<pid>/stat says of a process.
type status struct {
	parent        int
	own, children time.Duration // of CPU; children are those that have ended
}

func statusOf(pid int) (status, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return status{}, err
	}
	// The name may hold spaces and brackets; what follows the last one is numbers.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	number := func(field int) int { n, _ := strconv.Atoi(fields[field-3]); return n } // counted as proc(5) does
	return status{
		parent:   number(4),
		own:      time.Duration(number(14)+number(15)) * tick,
		children: time.Duration(number(16)+number(17)) * tick,
	}, nil
}

func parentOf(pid int) (int, error) {
	s, err := statusOf(pid)
	return s.parent, err
}

// familyCPU is what a process and its children have used, also those that ended meanwhile: their time moves to the parent's
// account when it notices, so what was added up while that happened is added up anew.
func familyCPU(parent int) (time.Duration, error) {
	for {
		before, err := statusOf(parent)
		if err != nil {
			return 0, err
		}
		living, err := childrenCPU(parent)
		if err != nil {
			return 0, err
		}
		after, err := statusOf(parent)
		if err != nil || after.children == before.children {
			return after.own + after.children + living, err
		}
	}
}

func childrenCPU(parent int) (sum time.Duration, err error) {
	all, err := filepath.Glob("/proc/[0-9]*")
	for _, path := range all {
		pid, _ := strconv.Atoi(filepath.Base(path)) // the pattern lets little else through
		if child, err := statusOf(pid); err == nil && child.parent == parent {
			sum += child.own
		}
	}
	return sum, err
}

// memoryOf is the resident memory of a process, in bytes.
func memoryOf(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, err
	}
	pages, err := strconv.ParseInt(strings.Fields(string(text))[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// filesOf counts the open files of a process.
func filesOf(pid int) (int, error) {
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	return len(files), err
}

// raiseFileLimit lets this process and those it starts hold as many streams as the system allows.
func raiseFileLimit() error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return err
	}
	limit.Cur = limit.Max
	return syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit)
}
