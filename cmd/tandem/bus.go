package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"tandem/sync"
)

var errBus = errors.New("write it as nats://HOST:4222 or tls://HOST:4222, several with commas between; without it PostgreSQL carries the hints")

// checkBus looks at --bus: nothing, or NATS servers. What it says never repeats a password.
func checkBus(bus string) error {
	if bus == "" {
		return nil
	}
	for address := range strings.SplitSeq(bus, ",") {
		u, err := url.Parse(strings.TrimSpace(address))
		if err != nil {
			return misuse{fmt.Sprintf("--bus: this address cannot be read, %v", errBus)}
		}
		if u.Scheme != "nats" && u.Scheme != "tls" || u.Host == "" {
			return misuse{fmt.Sprintf("--bus %s: %v", u.Redacted(), errBus)}
		}
	}
	return nil
}

// newBus carries hints between this node and the others.
func newBus(p *program, db *database) sync.Bus {
	if p.Bus != "" {
		return sync.NewNATSBus(p.Bus, p.logger)
	}
	return sync.NewPostgresBus(db.url, p.logger)
}
