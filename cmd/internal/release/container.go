package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// authorities are where systems keep the certificates that TLS is checked with.
var authorities = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"}

// user is who the programs of a container run as; nobody else is there.
const user = "tongxing:x:10001:10001::/var/lib/tongxing:/nonexistent\n"

// container writes the whole root of a container: the programs for the host's
// platform, a user, a folder of its own, and certificates; no shell and no library.
func (m *maker) container(ctx context.Context, root string) error {
	if _, err := os.Lstat(root); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is there already", root)
	}
	p := platform{"linux", host.processor}
	if err := m.build(ctx, p); err != nil {
		return err
	}
	certificates, err := firstOf(authorities)
	if err != nil {
		return err
	}
	type file struct {
		name string
		data []byte
		mode fs.FileMode
	}
	all := []file{
		{"etc/passwd", []byte(user), 0o644},
		{"etc/group", []byte("tongxing:x:10001:\n"), 0o644},
		{"etc/ssl/certs/ca-certificates.crt", certificates, 0o644},
	}
	for _, name := range p.programs() {
		data, err := os.ReadFile(filepath.Join(m.folder(p), name))
		if err != nil {
			return err
		}
		all = append(all, file{"usr/bin/" + name, data, executable})
	}
	for _, f := range all {
		path := filepath.Join(root, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, f.data, f.mode); err != nil {
			return err
		}
	}
	for _, folder := range []string{"var/lib/tongxing", "run/tongxing", "tmp"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o700); err != nil {
			return err
		}
	}
	return nil
}

func firstOf(paths []string) ([]byte, error) {
	for _, path := range paths {
		if data, err := os.ReadFile(path); err == nil {
			return data, nil
		}
	}
	return nil, fmt.Errorf("no certificates in %v", paths)
}
