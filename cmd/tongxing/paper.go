package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/text/unicode/norm"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/typeface"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/paper"
	"github.com/tongxing/tongxing/issuer/paper/pdf"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/verifier"
)

type paperFlags struct {
	trust          trustFlags
	at, out        string
	refused        string
	layout         string
	english, large bool
	digits, longer bool
	dpi            int
	title          string
	helpAt         string
	fullName       string
}

func (a *app) paperCommand() *cobra.Command {
	var f paperFlags
	c := a.Command("paper CODE|FILE|FOLDER|-...", "paper", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		return a.paper(ctx, f, args)
	})
	f.add(a, c)
	c.Flags().StringVar(&f.out, "out", "", a.Lang.Say("flag_paper_out"))
	c.Flags().StringVar(&f.title, "title", "", a.Lang.Say("flag_title"))
	c.Flags().StringVar(&f.fullName, "full-name", "", a.Lang.Say("flag_full_name"))
	c.AddCommand(a.paperBulkCommand(), a.paperLostCommand())
	return c
}

// add adds the flags that say how is printed.
func (f *paperFlags) add(a *app, c *cobra.Command) {
	f.trust.add(a, c)
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	c.Flags().StringVar(&f.refused, "refused", "", a.Lang.Say("flag_paper_refused"))
	c.Flags().StringVar(&f.layout, "layout", string(paper.Sheet), a.Lang.Say("flag_layout"))
	completeFlag(c, "layout", layoutNames()...)
	c.Flags().BoolVar(&f.english, "english", false, a.Lang.Say("flag_english"))
	c.Flags().BoolVar(&f.large, "large", false, a.Lang.Say("flag_large"))
	c.Flags().BoolVar(&f.digits, "digits", false, a.Lang.Say("flag_digits"))
	c.Flags().BoolVar(&f.longer, "longer", false, a.Lang.Say("flag_longer"))
	c.Flags().IntVar(&f.dpi, "dpi", 0, a.Lang.Say("flag_dpi"))
	c.Flags().StringVar(&f.helpAt, "help-at", "", a.Lang.Say("flag_help_at"))
}

func layoutNames() []string {
	var names []string
	for _, l := range paper.Layouts() {
		names = append(names, string(l))
	}
	return names
}

// paper prints codes. All of them are verified and laid out before the first is
// written: what cannot be printed is told, and then nothing is, unless --refused
// names a file for it.
func (a *app) paper(ctx context.Context, f paperFlags, args []string) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	if err := f.check(a, args); err != nil {
		return err
	}
	press, err := a.press(f, at)
	if err != nil {
		return err
	}
	codes := a.repeatable(args)
	refused, err := a.besideOutput(f.refused, 0o600)
	if err != nil {
		return err
	}
	defer refused.Discard()
	count, err := a.proof(ctx, f, press, codes, refused)
	if err != nil {
		return err
	}
	return a.print(ctx, f, press, codes, count, refused)
}

func (f *paperFlags) check(a *app, args []string) error {
	outputs, inputs := []place{{"--out", f.out}, {"--refused", f.refused}}, []place{{"--bundle", f.trust.bundle}, {"--store", f.trust.store}, {"--root", f.trust.root}}
	for _, arg := range args {
		if arg != "-" {
			inputs = append(inputs, place{arg, arg})
		}
	}
	if err := keepApart(outputs, inputs); err != nil {
		return err
	}
	switch {
	case f.out == "":
		return program.Usage("flag_required", "--out")
	case f.out == "-" && a.JSON:
		return program.Usage("json_and_stdout")
	case isZPL(f.out) && f.layout != string(paper.Label):
		return program.Usage("zpl_is_label", string(paper.Label))
	}
	if err := checkLayout(f.layout); err != nil {
		return err
	}
	return checkDPI(f.dpi)
}

// checkLayout holds a layout to those that there are.
func checkLayout(name string) error {
	if !slices.Contains(layoutNames(), name) {
		return program.Usage("layout_unknown", name, strings.Join(layoutNames(), ", "))
	}
	return nil
}

// checkDPI bounds the resolution of a printer; 0 is none that is known.
func checkDPI(dpi int) error {
	if dpi != 0 && (dpi < paper.MinDPI || dpi > paper.MaxDPI) {
		return program.Usage("dpi_range", dpi, paper.MinDPI, paper.MaxDPI)
	}
	return nil
}

// press is what printing needs: how, and whose codes.
type press struct {
	printer *paper.Printer
	face    *pdf.Typeface
	trust   *trustlist.Trust
	judge   *verifier.Verifier
	at      time.Time
	helpAt  string
	name    string
	cover   paper.Cover
	refused map[int]bool // lines of a list that are not printed; nil without a list

	lifetime paper.Lifetime
}

func (a *app) press(f paperFlags, at time.Time) (*press, error) {
	face, err := typeface.Load()
	if err != nil {
		return nil, err
	}
	f.title, f.helpAt = norm.NFC.String(f.title), norm.NFC.String(f.helpAt)
	for _, text := range []string{f.title, f.helpAt, format.NormaliseName(f.fullName)} {
		if err := face.Check(text); err != nil {
			return nil, unprintable(err, f.layout)
		}
	}
	trust, err := f.trust.load(a, at)
	if err != nil {
		return nil, err
	}
	ladder := trust.Policy().LadderAt(max(at.Unix(), trust.Floor()))
	lifetime := paper.Lifetime{Longest: time.Duration(ladder.ShortLived) * time.Second, Knowledge: time.Duration(ladder.Fresh) * time.Second}
	printer, err := paper.New(paper.Options{
		Layout: paper.Layout(f.layout), English: f.english, Large: f.large, Digits: f.digits, DPI: f.dpi, Typeface: face, Longer: f.longer,
		Lifetime: lifetime,
	})
	if errors.Is(err, paper.ErrOptions) { // the rest has been checked
		return nil, program.Usage("no_large_print", f.layout)
	}
	if err != nil {
		return nil, err
	}
	judge, err := verifier.New(trust, verifier.Options{})
	if err != nil {
		return nil, err
	}
	cover := paper.Cover{Title: f.title, Created: at.In(format.ChinaTime)}
	return &press{printer, face, trust, judge, at, f.helpAt, f.fullName, cover, nil, lifetime}, nil
}

// repeatable returns the codes of the arguments so that they can be gone through
// twice: standard input is kept.
func (a *app) repeatable(args []string) iter.Seq[scanned] {
	if !slices.Contains(args, "-") {
		return a.codes(args)
	}
	return slices.Values(slices.Collect(a.codes(args)))
}

// prepare finds whether a code can be printed: a paper that no gate accepts would
// send its holder home.
func (p *press) prepare(code *scanned) (*paper.Entry, error) {
	if code.err != nil {
		return nil, code.err
	}
	verdict := p.judge.Verify(code.text, p.at, verifier.Context{})
	credential, ok := verdict.Credential()
	if !ok || verdict.Outcome() == verifier.Unverified {
		return nil, &unverifiedError{verdict}
	}
	return p.printer.Prepare(code.text, p.source(credential.Issuer))
}

// source is who answers for the codes of a region.
func (p *press) source(issuer string) paper.Source {
	source := paper.Source{Help: p.helpAt, FullName: p.name}
	if region, listed := p.trust.Region(issuer); listed {
		source.Authority, source.Appeal = region.Authority, region.Appeal
	}
	return source
}

// unverifiedError reports a code that no gate accepts.
type unverifiedError struct{ verdict verifier.Verdict }

func (e *unverifiedError) Error() string { return e.verdict.Reason().Name() }

// maxFaults is how many codes are named of those that cannot be printed.
const maxFaults = 20

// printCount is how many codes there are, and how many of them are not printed.
type printCount struct{ codes, refused int }

// proof looks at every code. Those that cannot be printed go to refused, or fail
// the run where there is no file for them.
func (a *app) proof(ctx context.Context, f paperFlags, p *press, codes iter.Seq[scanned], refused output) (printCount, error) {
	bar := a.progressOf("progress_proof", "unit_codes")
	defer bar.end()
	rows := csv.NewWriter(refused)
	count, last := printCount{}, rows.Write([]string{"file", "line", "reason"})
	for code := range codes {
		if count.codes++; p.name != "" && count.codes > 1 {
			continue
		}
		if _, err := p.prepare(&code); err != nil {
			count.refused++
			if p.refused != nil {
				p.refused[code.line] = true
			}
			fault := a.printFault(err, p.printer.Layout())
			last = a.inLine(&code, fault)
			if reason, _ := a.Explain(fault); rows.Write([]string{code.source, strconv.Itoa(code.line), reason}) != nil {
				return count, rows.Error()
			}
			if f.refused == "" && code.several && count.refused <= maxFaults {
				bar.end()
				message, _ := a.Explain(last)
				a.Note("not_printable", message)
			}
		}
		if err := ctx.Err(); err != nil {
			return count, err
		}
		bar.set(int64(count.codes), 0)
	}
	rows.Flush()
	switch {
	case count.codes == 0:
		return count, program.Fail("no_code_given")
	case p.name != "" && count.codes > 1:
		return count, program.Usage("full_name_of_one", count.codes)
	case count.refused == 1 && count.codes == 1:
		return count, last
	case count.refused == count.codes || count.refused > 0 && f.refused == "":
		return count, program.Fail("nothing_printed", count.refused, count.codes)
	}
	return count, rows.Error()
}

// printFault gives what keeps a code from being printed its words.
func (a *app) printFault(err error, layout paper.Layout) error {
	var unverified *unverifiedError
	if errors.As(err, &unverified) {
		reason := unverified.verdict.Reason()
		return program.FailFor(err, "paper_unverified", reason.Text(string(a.Lang)), reason.NextStep(string(a.Lang)))
	}
	return unprintable(err, string(layout))
}

// unprintable gives the faults of a layout their words.
func unprintable(err error, layout string) error {
	var missing *pdf.MissingError
	var size *paper.SizeError
	var room *paper.RoomError
	var life *paper.LifetimeError
	switch {
	case errors.As(err, &life):
		return program.FailFor(err, "paper_lifetime", days(life.Lasts), days(life.Longest), life.Longest.Hours(), life.Knowledge.Hours())
	case errors.Is(err, paper.ErrFullName):
		return program.FailFor(err, "full_name_other")
	case errors.As(err, &missing):
		return program.FailFor(err, "paper_character", missing.Names())
	case errors.As(err, &size) && len(size.Fits) > 0:
		return program.FailFor(err, "paper_size", layout, millimetres(size.Needed), millimetres(size.Side), layoutList(size.Fits))
	case errors.As(err, &room) && len(room.Fits) > 0:
		return program.FailFor(err, "paper_room", layout, layoutList(room.Fits))
	case errors.As(err, &size), errors.Is(err, paper.ErrNoRoom):
		return program.FailFor(err, "paper_no_room", layout)
	}
	return err
}

func layoutList(layouts []paper.Layout) string {
	names := make([]string, len(layouts))
	for i, l := range layouts {
		names[i] = string(l)
	}
	return strings.Join(names, ", ")
}

// days are written with a tenth where they are not whole.
func days(d time.Duration) string {
	return strconv.FormatFloat(math.Round(d.Hours()/24*10)/10, 'f', -1, 64)
}

func millimetres(l pdf.Length) string {
	return fmt.Sprintf("%.1f", float64(l)/float64(pdf.Millimetre))
}

// printedPaper is a document for programs.
type printedPaper struct {
	File    string `json:"file"`
	Codes   int    `json:"codes"`
	Refused int    `json:"refused"`
	Pages   int    `json:"pages"`
}

// print writes the document.
func (a *app) print(ctx context.Context, f paperFlags, p *press, codes iter.Seq[scanned], count printCount, refused output) error {
	out, err := a.output(f.out, 0o600)
	if err != nil {
		return err
	}
	defer out.Discard()
	document, err := p.papers(f.out, out)
	if err != nil {
		return err
	}
	if err := a.printAll(ctx, p, document, codes, count); err != nil {
		return err
	}
	if err := document.Close(); err != nil {
		return err
	}
	if err := commitAll(out, refused); err != nil {
		return err
	}
	if count.refused > 0 {
		a.Status = program.StatusRejects
	}
	result := printedPaper{f.out, count.codes - count.refused, count.refused, document.Pages()}
	switch {
	case f.out == "-":
		return nil
	case a.JSON:
		return a.PrintJSON(result)
	}
	a.Say("paper_done", result.File, result.Codes, result.Pages)
	if result.Refused > 0 {
		a.Say("paper_refused", result.Refused, f.refused)
	}
	return nil
}

// printAll goes through the codes a second time; those that were refused are
// refused again.
func (a *app) printAll(ctx context.Context, p *press, document papers, codes iter.Seq[scanned], count printCount) error {
	bar := a.progressOf("progress_paper", "unit_codes")
	defer bar.end()
	var again printCount
	for code := range codes {
		again.codes++
		entry, err := p.prepare(&code)
		if err != nil {
			again.refused++
			continue
		}
		if err := errors.Join(document.Add(entry), ctx.Err()); err != nil {
			return err
		}
		bar.set(int64(again.codes), int64(count.codes))
	}
	if again != count {
		return program.Fail("codes_changed")
	}
	return nil
}
