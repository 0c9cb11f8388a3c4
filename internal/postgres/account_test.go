package postgres

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func silence() *slog.Logger { return slog.New(slog.DiscardHandler) }

func TestStart_runs_the_server_as_a_user_who_is_not_root(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	startWith(t, Options{Folder: folder, Fast: true})
	uid, _, _ := ownerOf(clusterFolder(folder))
	want := uint32(os.Geteuid())
	if want == 0 {
		want = serverAccount(filepath.Join(folder, "absent")).uid
	}
	if uid == 0 || uid != want {
		t.Errorf("the cluster belongs to user %d, not %d", uid, want)
	}
	if owner, _, _ := ownerOf(folder); owner != uint32(os.Geteuid()) {
		t.Errorf("the data folder was given to user %d", owner)
	}
}

// As root this is the last user PostgreSQL has run as: it must stay the same though another would be chosen today.
func TestStart_keeps_to_the_owner_of_the_cluster(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	must(t, os.Mkdir(clusterFolder(folder), 0o700))
	want := uint32(os.Geteuid())
	if want == 0 {
		want = nobody
		must(t, os.Chown(clusterFolder(folder), nobody, nobody))
	}
	s := startWith(t, Options{Folder: folder, Fast: true})
	connect(t, s.URL())
	for _, path := range []string{clusterFolder(folder), s.sockets} {
		if uid, _, _ := ownerOf(path); uid != want {
			t.Errorf("%s belongs to user %d, not %d", path, uid, want)
		}
	}
}

func TestStart_names_the_folder_that_the_server_cannot_enter(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(dataFolder(t), "closed")
	must(t, os.Mkdir(closed, 0o700))
	folder := filepath.Join(closed, "below", "data")
	s, err := Start(t.Context(), Options{Folder: folder, Fast: true})
	if os.Geteuid() != 0 { // the server is run by the folder's owner, who may
		must(t, err)
		must(t, s.Stop(t.Context()))
		return
	}
	if err == nil {
		s.Stop(context.Background())
		t.Fatal("started")
	}
	mention(t, err.Error(), "cannot enter "+closed+":", "--data", "chmod o+x "+closed+"`")
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %v", err)
	}
}
