package postgres

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
)

// Running finds the server that another program of ours runs in folder, and its URL for the database "postgres". ok is false when there
// is none, when it is not ready, and when this user may not reach it.
func Running(folder string) (address string, ok bool) {
	text, err := os.ReadFile(urlFile(folder))
	if err != nil {
		return "", false
	}
	// The file of a killed program stays behind; its lock does not.
	l, err := tryLock(ownerLock(folder), false)
	if err == nil {
		l.release()
	}
	return string(text), errors.Is(err, errHeld)
}

// Exists tells whether folder holds a cluster.
func Exists(folder string) bool {
	major, err := clusterMajor(clusterFolder(folder))
	return err != nil || major > 0
}

// rememberURL writes the file that Running reads, whole or not at all.
func rememberURL(folder, address string) error {
	aside := urlFile(folder) + ".new"
	err := os.WriteFile(aside, []byte(address), 0o600)
	if err == nil {
		err = os.Rename(aside, urlFile(folder))
	}
	if err != nil {
		return fmt.Errorf("write how to reach postgresql: %w", err)
	}
	return nil
}

// rememberedSockets is the folder of the socket in the URL, "" when there is none.
func rememberedSockets(folder string) string {
	text, err := os.ReadFile(urlFile(folder))
	if err != nil {
		return ""
	}
	u, err := url.Parse(string(text))
	if err != nil {
		return ""
	}
	return u.Query().Get("host")
}

func forgetURL(folder string) error {
	if err := os.Remove(urlFile(folder)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove the address of the last server: %w", err)
	}
	return nil
}

func urlFile(folder string) string { return filepath.Join(folder, "postgres.url") }
