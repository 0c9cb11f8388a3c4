//go:build linux

package main

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// usage is what a while cost this machine: all of it, and what of it was our doing.
type usage struct {
	at        time.Time
	all, ours time.Duration
}

// usage looks at the machine's CPU. Ours is this process, both servers and PostgreSQL, those that ended included.
func (b *bench) usage() (u usage, err error) {
	u.at = time.Now()
	if u.all, err = busy(); err != nil {
		return u, err
	}
	own, err := statusOf(os.Getpid())
	if err != nil {
		return u, err
	}
	database, err := b.cluster.cpu()
	u.ours = own.own + own.children + database
	for _, s := range b.sides {
		server, serverErr := s.server().cpu()
		if serverErr != nil {
			return u, serverErr
		}
		u.ours += server
	}
	return u, err
}

// busy is the CPU time that all processes have used since the machine started.
func busy() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	line, _, _ := strings.Cut(string(text), "\n") // cpu user nice system idle iowait irq softirq steal …
	var sum time.Duration
	for i, field := range strings.Fields(line) {
		if 1 <= i && i <= 3 || 6 <= i && i <= 8 {
			n, err := strconv.Atoi(field)
			if err != nil {
				return 0, err
			}
			sum += time.Duration(n) * tick
		}
	}
	return sum, nil
}

// others is the part of the machine, in percent, that somebody else used since.
func (u usage) others(since usage, cores int) float64 {
	foreign := (u.all - since.all) - (u.ours - since.ours)
	return 100 * foreign.Seconds() / (u.at.Sub(since.at).Seconds() * float64(cores))
}
