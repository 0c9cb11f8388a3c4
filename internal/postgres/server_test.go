package postgres

import (
	"context"
	"os"
	"path/filepath"
	"testing"
)

func TestStart_serves_on_a_private_socket(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	s := startWith(t, Options{Folder: folder, MaxConnections: 17})
	c := connect(t, s.URL())

	for setting, want := range map[string]string{
		"listen_addresses": "", "max_connections": "17", "TimeZone": "UTC", "fsync": "on", "synchronous_commit": "on",
		"data_checksums": "on", "server_encoding": "UTF8", "unix_socket_permissions": "0700",
	} {
		if got := ask(t, c, "current_setting('"+setting+"')"); got != want {
			t.Errorf("%s is %q, not %q", setting, got, want)
		}
	}
	info, err := os.Stat(s.sockets)
	must(t, err)
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the socket's folder has mode %v", info.Mode())
	}

	run(t, c, "CREATE DATABASE issues")
	if got := ask(t, connect(t, s.URLFor("issues")), "current_database()"); got != "issues" {
		t.Errorf("URLFor reaches %q", got)
	}
}

func TestStart_knows_letters_beyond_ASCII(t *testing.T) {
	t.Parallel()
	c := connect(t, startWith(t, Options{Folder: dataFolder(t), Fast: true}).URL())
	run(t, c, "CREATE EXTENSION pg_trgm")
	for _, sql := range []string{"lower('ÄЖ') = 'äж'", "'Äpfel' ILIKE 'äpfel'", "'я' ~ '^\\w$'", "cardinality(show_trgm('мир')) > 0"} {
		if ask(t, c, sql) != "true" {
			t.Errorf("not so: %s", sql)
		}
	}
	if ask(t, c, "'Z' < 'a'") != "true" {
		t.Error("sorting depends on the system's locale")
	}
}

func TestStart_fast_trades_safety_for_speed(t *testing.T) {
	t.Parallel()
	c := connect(t, startWith(t, Options{Folder: dataFolder(t), Fast: true}).URL())
	for _, setting := range []string{"fsync", "synchronous_commit", "full_page_writes"} {
		if got := ask(t, c, "current_setting('"+setting+"')"); got != "off" {
			t.Errorf("%s is %s", setting, got)
		}
	}
}

func TestStart_makes_the_data_folder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(dataFolder(t), "new")
	connect(t, startWith(t, Options{Folder: folder, Fast: true}).URL())
	info, err := os.Stat(folder)
	must(t, err)
	if info.Mode().Perm()&0o027 != 0 {
		t.Errorf("the data folder is open to others: %v", info.Mode())
	}
}

func TestStart_that_is_broken_off_gives_the_folder_back(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if s, err := Start(ctx, Options{Folder: folder, Fast: true}); err == nil {
		s.Stop(context.Background())
		t.Fatal("started")
	}
	if exists(clusterFolder(folder)) {
		t.Error("a cluster was left behind")
	}
	startWith(t, Options{Folder: folder, Fast: true})
}

func TestStart_shows_what_the_server_said_when_it_fails(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	must(t, startWith(t, Options{Folder: folder, Fast: true}).Stop(t.Context()))
	f, err := os.OpenFile(filepath.Join(clusterFolder(folder), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	must(t, err)
	_, err = f.WriteString("no_such_setting = 1\n")
	must(t, err)
	must(t, f.Close())
	mention(t, refuse(t, Options{Folder: folder}), "no_such_setting", "line")
}

func TestStop_leaves_data_and_nothing_else(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	s := start(t, folder)
	c := connect(t, s.URL())
	run(t, c, "CREATE TABLE note AS SELECT 'kept' AS text")
	must(t, s.Stop(t.Context()))
	must(t, s.Stop(t.Context())) // again is fine

	if exists(s.sockets) {
		t.Error("the socket's folder is still there")
	}
	if _, ok := Running(folder); ok {
		t.Error("Running finds a stopped server")
	}
	select {
	case <-s.Done():
		t.Error("Done is closed, and the end was expected")
	default:
	}
	if got := ask(t, connect(t, start(t, folder).URL()), "SELECT text FROM note"); got != "kept" {
		t.Errorf("the note says %q", got)
	}
}

func TestStop_in_a_hurry_keeps_committed_data(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	s := start(t, folder)
	run(t, connect(t, s.URL()), "CREATE TABLE note AS SELECT 'kept' AS text")
	hurry, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Stop(hurry); err == nil {
		t.Error("an unclean stop looks like a clean one")
	}
	if got := ask(t, connect(t, start(t, folder).URL()), "SELECT text FROM note"); got != "kept" {
		t.Errorf("the note says %q", got)
	}
}
