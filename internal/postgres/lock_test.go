package postgres

import (
	"errors"
	"os"
	"testing"
)

func TestStart_refuses_a_folder_in_use(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	s := startWith(t, Options{Folder: folder, Fast: true})

	t.Run("by_this_program", func(t *testing.T) {
		_, err := Start(t.Context(), Options{Folder: folder})
		locked, ok := errors.AsType[*LockedError](err)
		if !ok || locked.Folder != folder {
			t.Fatalf("got %v", err)
		}
		mention(t, err.Error(), folder, "stop it", "--data")
	})
	t.Run("by_another_program", func(t *testing.T) {
		mention(t, startOther(t, folder).line(t), folder, "stop it", "--data")
	})
	if got := ask(t, connect(t, s.URL()), "1"); got != "1" {
		t.Error("the first server suffered")
	}
}

func TestRunning_reaches_the_server_of_another_program(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	if _, ok := Running(folder); ok {
		t.Fatal("Running finds a server in an empty folder")
	}
	o := startOther(t, folder)
	want := o.line(t)
	url, ok := Running(folder)
	if !ok || url != want {
		t.Fatalf("Running says %q, %v; the server is at %q", url, ok, want)
	}
	connect(t, url)

	o.kill(t)
	if !exists(urlFile(folder)) {
		t.Fatal("the killed program left no file, so this test shows nothing")
	}
	if url, ok := Running(folder); ok {
		t.Errorf("Running finds the server of a killed program at %q", url)
	}
	start(t, folder) // tidies up
}

func TestRunning_does_not_trust_a_file_without_an_owner(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	must(t, os.WriteFile(urlFile(folder), []byte("postgres://"), 0o600))
	if _, ok := Running(folder); ok {
		t.Error("ok without a lock file")
	}
	must(t, os.WriteFile(ownerLock(folder), nil, 0o600))
	if _, ok := Running(folder); ok {
		t.Error("ok without a lock")
	}
}
