package feed

import (
	"io/fs"
	"path"
	"strings"
)

// kind is one of the four feeds. Their order is the order in which the rows of
// one person are merged: people first.
type kind uint8

const (
	people kind = iota
	tests
	vaccinations
	status
	kinds
)

func (k kind) String() string {
	return [kinds]string{"people", "tests", "vaccinations", "status"}[k]
}

// source is the file of one feed; a feed without a file has no name.
type source struct {
	kind  kind
	name  string
	lines bool // JSON Lines, not CSV
	size  int64
}

// locate finds the file of each feed in the root of the file system: the name
// of the feed with one of the extensions csv, jsonl and ndjson, in any case.
func locate(fsys fs.FS) ([kinds]source, error) {
	var found [kinds]source
	for k := range kinds {
		found[k].kind = k
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return found, err
	}
	for _, entry := range entries {
		k, lines, ok := recogniseName(entry.Name())
		if !ok {
			continue
		}
		if found[k].name != "" {
			return found, &FileError{File: entry.Name(), Err: ErrAmbiguous}
		}
		info, err := fs.Stat(fsys, entry.Name())
		if err != nil {
			return found, &FileError{File: entry.Name(), Err: err}
		}
		if !info.Mode().IsRegular() {
			return found, &FileError{File: entry.Name(), Err: ErrNotAFile}
		}
		found[k] = source{kind: k, name: entry.Name(), lines: lines, size: info.Size()}
	}
	if found[people].name == "" {
		return found, ErrNoPeople
	}
	return found, nil
}

func recogniseName(name string) (k kind, lines, ok bool) {
	lower := strings.ToLower(name)
	extension := path.Ext(lower)
	base := strings.TrimSuffix(lower, extension)
	for k := range kinds {
		if base == k.String() {
			lines = extension == ".jsonl" || extension == ".ndjson"
			return k, lines, lines || extension == ".csv"
		}
	}
	return 0, false, false
}
