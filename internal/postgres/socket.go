package postgres

import (
	"fmt"
	"os"
	"path/filepath"
)

// longestSocket is what macOS takes; Linux takes 4 more.
const longestSocket = 103

// socketParents are the folders that may hold ours. TMPDIR may be too deep for a socket, or closed to the server's user.
func socketParents() []string { return []string{os.TempDir(), "/tmp"} }

// makeSocketFolder makes a folder for the server's socket, which only the server's user may enter, in the first parent that will do.
func makeSocketFolder(parents []string, runAs account) (string, error) {
	var last error
	for _, parent := range parents {
		folder, err := os.MkdirTemp(parent, "tandem-")
		if err != nil {
			last = err
			continue
		}
		if last = checkSocketFolder(folder, runAs); last == nil {
			return folder, nil
		}
		os.Remove(folder)
	}
	return "", fmt.Errorf("make a folder for the socket of postgresql (TMPDIR names another place): %w", last)
}

func checkSocketFolder(folder string, runAs account) error {
	if socket := filepath.Join(folder, ".s.PGSQL."+port); len(socket) > longestSocket {
		return fmt.Errorf("the path %s is longer than %d bytes", socket, longestSocket)
	}
	if err := runAs.own(folder); err != nil {
		return err
	}
	return runAs.checkEnter(folder)
}
