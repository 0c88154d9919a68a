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
	"path"
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
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// parts write the vectors that lie in folders of their own.
var parts = []func() (map[string][]byte, error){documentFiles, distributionFiles, exportFiles, seriesFiles, statusFiles, statusTokenFiles, policyFiles, deletionFiles, approvalFiles}

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
	for _, part := range parts {
		more, err := part()
		if err != nil {
			return nil, err
		}
		maps.Copy(files, more)
	}
	return files, nil
}

// folders are those that the generator fills, and no others: sm2 and public are
// not its.
func folders(files map[string][]byte) map[string]bool {
	all := map[string]bool{}
	for name := range files {
		all[path.Dir(name)] = true
	}
	return all
}

// removeStale deletes the vectors that this generator no longer writes.
func removeStale(out string, files map[string][]byte) error {
	var errs []error
	for folder := range folders(files) {
		present, err := filepath.Glob(filepath.Join(out, folder, "*.json"))
		if err != nil {
			return err
		}
		for _, file := range present {
			name, err := filepath.Rel(out, file)
			if err != nil {
				return err
			}
			if files[filepath.ToSlash(name)] == nil {
				errs = append(errs, os.Remove(file))
			}
		}
	}
	return errors.Join(errs...)
}
