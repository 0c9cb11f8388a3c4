package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"tandem/handlers"
	"tandem/internal/demo"
)

func (c *demoCommand) run(ctx context.Context, p *program) error {
	addr, err := loopback(c.Addr)
	if err != nil {
		return err
	}
	p.Database, p.Bus = "", ""
	// A folder that somebody named keeps what was written into it; our own starts anew, so that every demo looks the same.
	fresh := !p.dataGiven
	if fresh {
		p.Data = demoFolder(p.getenv)
	}
	site := &site{program: p, addr: addr, options: handlers.Options{Demo: true}}
	return site.serve(ctx, fresh, func(ctx context.Context) error { return site.furnish(ctx, c.From) })
}

// loopback makes an address without a host one of this machine, and refuses every other: anybody may sign in to a demo.
func loopback(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "", misuse{fmt.Sprintf("--addr %s: write it as HOST:PORT", addr)}
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", misuse{fmt.Sprintf("--addr %s: a demo lets everybody in, so it listens on this machine only, such as 127.0.0.1:8080", addr)}
	}
	return net.JoinHostPort(host, port), nil
}

// furnish fills the workspace with the example content and the files to import.
func (s *site) furnish(ctx context.Context, files []string) error {
	content := demo.Content(time.Now())
	loader := &demoLoader{database: s.database, engine: s.engine, workspace: demoWorkspace, content: content}
	if err := loader.load(ctx); err != nil {
		return fmt.Errorf("load the demo: %w", err)
	}
	for _, file := range files {
		if err := s.importInto(ctx, content.Slug, file); err != nil {
			return err
		}
	}
	s.logger.InfoContext(ctx, "demo ready", "sign_in", s.address()+"/demo/sign-in?as=ann&next=/"+content.Slug)
	return nil
}
