package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/paper"
)

type bulkFlags struct {
	paperFlags
	by, codes string
}

func (a *app) paperBulkCommand() *cobra.Command {
	var f bulkFlags
	c := a.Command("bulk LIST", "paper_bulk", cobra.ExactArgs(1), func(ctx context.Context, args []string) error {
		return a.paperBulk(ctx, f, args[0])
	})
	f.add(a, c)
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_bulk_out"))
	c.Flags().StringVar(&f.by, "by", "", a.Lang.Say("flag_by"))
	c.Flags().StringVar(&f.codes, "codes", "", a.Lang.Say("flag_codes"))
	return c
}

// paperBulk prints a list, one file for each value of a column. What is there of
// an earlier run is kept, so that a run that was interrupted goes on.
func (a *app) paperBulk(ctx context.Context, f bulkFlags, list string) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	switch {
	case f.by == "":
		return program.Usage("flag_required", "--by")
	case f.out == "-":
		return program.Usage("bulk_needs_folder")
	}
	if err := f.check(a, []string{list}); err != nil {
		return err
	}
	press, err := a.press(f.paperFlags, at)
	if err != nil {
		return err
	}
	if err := f.keepTime(press); err != nil {
		return err
	}
	given, err := a.paperList(list, f.by, f.codes)
	if err != nil {
		return err
	}
	defer given.close()
	stacks := given.stacks
	for _, s := range stacks {
		cover := press.cover
		if cover.Title = s.name; press.printer.CheckTitle(cover) != nil {
			return program.Fail("bulk_value", list, f.by, s.name)
		}
	}
	refused, err := a.besideOutput(f.refused, 0o600)
	if err != nil {
		return err
	}
	defer refused.Discard()
	press.refused = map[int]bool{}
	count, err := a.proof(ctx, f.paperFlags, press, allOf(stacks), refused)
	if err != nil {
		return err
	}
	sum, err := a.printStacks(ctx, f, press, stacks, count)
	if err != nil {
		return err
	}
	if err := refused.Commit(); err != nil {
		return err
	}
	return a.tellBulk(f, sum)
}

func (a *app) tellBulk(f bulkFlags, sum bulkSummary) error {
	if sum.Refused > 0 {
		a.Status = program.StatusRejects
	}
	if a.JSON {
		return a.PrintJSON(sum)
	}
	a.Say("bulk_done", sum.Files, f.out, sum.Codes, sum.Pages, sum.Kept)
	if sum.Refused > 0 {
		a.Say("paper_refused", sum.Refused, f.refused)
	}
	return nil
}

func allOf(stacks []*stack) iter.Seq[scanned] {
	return func(yield func(scanned) bool) {
		for _, s := range stacks {
			for i := range s.rows {
				if !yield(s.code(i)) {
					return
				}
			}
		}
	}
}

// bulkSummary is what became of a list, for programs.
type bulkSummary struct {
	Folder  string `json:"folder"`
	Files   int    `json:"files"`
	Kept    int    `json:"kept"` // of an earlier run
	Codes   int    `json:"codes"`
	Refused int    `json:"refused"`
	Pages   int    `json:"pages"` // printed by this run
}

// printStacks prints the stacks that are not there of an earlier run. All that is
// there is looked at before the first is printed.
func (a *app) printStacks(ctx context.Context, f bulkFlags, p *press, stacks []*stack, count printCount) (bulkSummary, error) {
	sum := bulkSummary{Folder: f.out, Codes: count.codes - count.refused, Refused: count.refused}
	if err := os.MkdirAll(f.out, 0o700); err != nil {
		return sum, program.AboutFile(f.out, err)
	}
	sweep(f.out)
	parts := f.stackFiles(p, stacks)
	if err := keepStacks(f.out, parts); err != nil {
		return sum, err
	}
	sums, err := beginChecksums(f.out, p.cover.Created, parts)
	if err != nil {
		return sum, err
	}
	defer sums.Close()
	bar := a.progressOf("progress_paper", "unit_items")
	defer bar.end()
	for i, part := range parts {
		if part.content != "" {
			sum.Kept++
			sum.Files++
			continue
		}
		pages, hash, err := a.printStack(ctx, p, part.stack, filepath.Join(f.out, part.name))
		if err != nil {
			return sum, err
		}
		if pages == 0 { // every code of it was refused
			continue
		}
		part.content = hash
		_, err = sums.WriteString(part.line())
		if err = errors.Join(err, sums.Sync()); err != nil {
			return sum, program.AboutFile(sums.Name(), err)
		}
		sum.Files++
		sum.Pages += pages
		bar.set(int64(i+1), int64(len(stacks)))
	}
	return sum, nil
}

// sweep removes what a run that was killed had begun to write: codes in it are of
// use to a finder, and nobody would look for it.
func sweep(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, e := range entries {
		if begun, _ := filepath.Match(files.Unfinished, e.Name()); begun {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}

// printStack writes one file with a front page, and returns its pages and hash. A
// value that has nothing to be printed gives no file.
func (a *app) printStack(ctx context.Context, p *press, s *stack, path string) (pages int, hash string, err error) {
	front, err := p.front(s)
	if err != nil || front.Codes == 0 {
		return 0, "", err
	}
	out, err := a.output(path, 0o600)
	if err != nil {
		return 0, "", err
	}
	defer out.Discard()
	h := sha256.New()
	cover := p.cover
	cover.Title = s.name
	document, err := p.printer.Begin(io.MultiWriter(out, h), cover)
	if err != nil {
		return 0, "", unprintable(err, string(p.printer.Layout()))
	}
	if err := document.AddFront(front); err != nil {
		return 0, "", unprintable(err, string(p.printer.Layout()))
	}
	for i := range p.printed(s) {
		e, err := p.again(s, i)
		if err := errors.Join(err, ctx.Err()); err != nil {
			return 0, "", err
		}
		if err := document.Add(e); err != nil {
			return 0, "", err
		}
	}
	if err := errors.Join(document.Close(), out.Commit()); err != nil {
		return 0, "", err
	}
	return document.Pages(), hex.EncodeToString(h.Sum(nil)), nil
}

// printed goes through the rows of a stack that were not refused when the list was
// proved.
func (p *press) printed(s *stack) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, r := range s.rows {
			if !p.refused[int(r.line)] && !yield(i) {
				return
			}
		}
	}
}

// again prepares a code that could be printed before.
func (p *press) again(s *stack, i int) (*paper.Entry, error) {
	code := s.code(i)
	e, err := p.prepare(&code)
	if err != nil {
		return nil, program.FailFor(err, "codes_changed")
	}
	return e, nil
}

// front counts the codes of a stack and finds the first and the last of them.
func (p *press) front(s *stack) (paper.Front, error) {
	front, last := paper.Front{Name: s.name}, 0
	for i := range p.printed(s) {
		last = i
		if front.Codes++; front.Codes > 1 {
			continue
		}
		e, err := p.again(s, i)
		if err != nil {
			return front, err
		}
		front.First = e.Reference()
	}
	if front.Codes == 0 {
		return front, nil
	}
	e, err := p.again(s, last)
	if err != nil {
		return front, err
	}
	front.Last = e.Reference()
	return front, nil
}

const maxStackName = 60 // bytes of a file name

// fileName makes a value a part of a file's name on every system.
func fileName(value string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || strings.ContainsRune(`/\:*?"<>|`, r) || r == utf8.RuneError {
			return '_'
		}
		return r
	}, value)
	for len(name) > maxStackName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	if name = strings.Trim(name, ". "); name == "" {
		return "_"
	}
	return name
}
