package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
)

// checksumFile has a line for each finished file, as sha256sum reads them, after
// a comment with the hash of what the file was made of. Before them stands the time
// that is on the papers, so that a run without --at goes on with it:
//
//	# printed 2022-08-10T08:00:00+08:00
//	# f41daca6...
//	d39d45e2...  0001-宋家村.pdf
const checksumFile = "checksums.sha256"

const printedMark = "# printed "

// stackFile is the file that a stack is printed into.
type stackFile struct {
	stack *stack
	name  string
	checksum
}

// checksum is what a file was made of and what it holds, hashed; the second is
// empty for one that is not printed yet.
type checksum struct{ made, content string }

func (p *stackFile) line() string {
	return fmt.Sprintf("# %s\n%s  %s\n", p.made, p.content, p.name)
}

// stackFiles names the files of stacks.
func (f *bulkFlags) stackFiles(p *press, stacks []*stack) []*stackFile {
	terms, parts := f.terms(p), make([]*stackFile, len(stacks))
	for i, s := range stacks {
		parts[i] = &stackFile{s, fmt.Sprintf("%04d-%s.pdf", i+1, fileName(s.name)), checksum{made: p.madeOf(terms, s)}}
	}
	return parts
}

// terms are everything but the codes that goes into the files.
func (f *bulkFlags) terms(p *press) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q %v %v %v %v %d %d %q %v\n", f.layout, f.english, f.large, f.digits, f.longer, f.dpi, p.cover.Created.Unix(), f.helpAt, p.lifetime)
	for _, r := range spec.Regions() {
		fmt.Fprintf(h, "%q\n", p.source(r.Number))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// madeOf is a hash of everything that goes into a file, so that a later run can
// tell whether it would make the same.
func (p *press) madeOf(terms string, s *stack) string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %q\n", terms, s.name)
	for i := range p.printed(s) {
		fmt.Fprintf(h, "%q\n", s.code(i).text)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// keepTime takes over the time that is on the papers of an earlier run into the
// folder, unless one is given.
func (f *bulkFlags) keepTime(p *press) error {
	if f.at != "" {
		return nil
	}
	sums, err := files.Open(filepath.Join(f.out, checksumFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer sums.Close()
	first, _ := bufio.NewReader(io.LimitReader(sums, 100)).ReadString('\n')
	text, _ := strings.CutPrefix(strings.TrimSpace(first), printedMark)
	if before, err := time.Parse(time.RFC3339, text); err == nil {
		p.cover.Created = before.In(format.ChinaTime)
	}
	return nil
}

// readChecksums reads what an earlier run has finished. A last line that was cut
// short counts for nothing.
func readChecksums(path string) (map[string]checksum, error) {
	f, err := files.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	known, made := map[string]checksum{}, ""
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if rest, ok := strings.CutPrefix(line, "# "); ok {
			made = rest
		} else if content, name, ok := strings.Cut(line, "  "); ok {
			known[name] = checksum{made, content}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, program.AboutFile(path, err)
	}
	return known, nil
}

// keepStacks finds which files are there already. One that was made of something
// else, or changed since, is refused rather than replaced, and so is one of a list
// that is no longer the same: the papers of a village would be there twice.
func keepStacks(folder string, parts []*stackFile) error {
	known, err := readChecksums(filepath.Join(folder, checksumFile))
	if err != nil {
		return err
	}
	ours := map[string]bool{}
	for _, part := range parts {
		ours[part.name] = true
		path := filepath.Join(folder, part.name)
		hash, err := fileHash(path)
		if err != nil {
			return err
		}
		k, finished := known[part.name]
		switch {
		case hash == "" || !finished: // or written, and interrupted before its line was
		case k != checksum{part.made, hash}:
			return program.Fail("bulk_other", path)
		default:
			part.content = hash
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return program.AboutFile(folder, err)
	}
	for _, e := range entries {
		if numbered, _ := filepath.Match("[0-9][0-9][0-9][0-9]*-*.pdf", e.Name()); numbered && !ours[e.Name()] {
			return program.Fail("bulk_other", filepath.Join(folder, e.Name()))
		}
	}
	return nil
}

// fileHash returns the hash of a file, or nothing if there is none.
func fileHash(path string) (string, error) {
	f, err := files.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", program.AboutFile(path, err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// beginChecksums writes the list of what is kept, without lines that were cut short
// or are of files that are gone, and leaves it open for the lines of what is printed.
func beginChecksums(folder string, printed time.Time, parts []*stackFile) (*os.File, error) {
	path, text := filepath.Join(folder, checksumFile), printedMark+printed.Format(time.RFC3339)+"\n"
	for _, part := range parts {
		if part.content != "" {
			text += part.line()
		}
	}
	if err := files.Write(path, []byte(text), 0o600); err != nil {
		return nil, err
	}
	sums, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, program.AboutFile(path, err)
	}
	return sums, nil
}
