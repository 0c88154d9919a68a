// Command gen writes the test vectors of the specification.
//
//	go run ./spec/gen [-out spec/vectors]
//
// It is a second, independent writer of the format: it has its own CBOR,
// base45, signatures and derivations, imports nothing of this module, and can
// also write everything wrongly. Keys and nonces are derived from fixed texts,
// so that every run writes the same bytes.
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
)

func main() {
	out := flag.String("out", filepath.Join("spec", "vectors"), "folder to write the vectors to")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	files, err := generate()
	if err != nil {
		return err
	}
	if err := write(out, files); err != nil {
		return err
	}
	fmt.Printf("%d files in %s\n", len(files), out)
	return nil
}

// write makes the folder hold exactly the files.
func write(out string, files map[string][]byte) error {
	if err := removeStale(out, files); err != nil {
		return err
	}
	for name, content := range files {
		path := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the content of every file by its path below the folder of
// the vectors.
func generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, v := range allVectors() {
		name := v.Name + ".json"
		if files[name] != nil {
			return nil, fmt.Errorf("two vectors are named %s", v.Name)
		}
		content, err := v.build()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.Name, err)
		}
		files[name] = content
	}
	derived, err := derivedFiles()
	if err != nil {
		return nil, err
	}
	for name, content := range derived {
		files["derived/"+name] = content
	}
	documents, err := documentFiles()
	if err != nil {
		return nil, err
	}
	maps.Copy(files, documents)
	series, err := seriesFiles()
	if err != nil {
		return nil, err
	}
	maps.Copy(files, series)
	return files, nil
}

// removeStale deletes the vectors that this generator no longer writes.
func removeStale(out string, files map[string][]byte) error {
	var errs []error
	for _, folder := range []string{".", "derived", "documents", "bundles", "series"} {
		present, err := filepath.Glob(filepath.Join(out, folder, "*.json"))
		if err != nil {
			return err
		}
		for _, path := range present {
			name, err := filepath.Rel(out, path)
			if err != nil {
				return err
			}
			if files[filepath.ToSlash(name)] == nil {
				errs = append(errs, os.Remove(path))
			}
		}
	}
	return errors.Join(errs...)
}
