package main

import (
	"context"
	"iter"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/verifier"
)

type verifyFlags struct {
	trust        trustFlags
	at           string
	id           string
	name         string
	class        string
	region       string
	together     bool
	listRequired bool
	explain      bool
	summary      bool
}

func (a *app) verifyCommand() *cobra.Command {
	var f verifyFlags
	c := a.Command("verify CODE|FILE|FOLDER|-...", "verify", cobra.MinimumNArgs(1), func(ctx context.Context, args []string) error {
		return a.verify(ctx, f, args)
	})
	f.trust.add(a, c)
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	c.Flags().StringVar(&f.id, "id", "", a.Lang.Say("flag_id"))
	c.Flags().StringVar(&f.name, "name", "", a.Lang.Say("flag_name"))
	c.Flags().StringVar(&f.class, "class", "", a.Lang.Say("flag_venue_class"))
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_venue_region"))
	completeFlag(c, "class", a.venueClasses()...)
	completeFlag(c, "region", a.regions()...)
	c.Flags().BoolVar(&f.together, "together", false, a.Lang.Say("flag_together"))
	c.Flags().BoolVar(&f.listRequired, "status-list-required", false, a.Lang.Say("flag_status_list_required"))
	c.Flags().BoolVar(&f.explain, "explain", false, a.Lang.Say("flag_explain"))
	c.Flags().BoolVar(&f.summary, "summary", false, a.Lang.Say("flag_summary"))
	return c
}

func (a *app) verify(ctx context.Context, f verifyFlags, args []string) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	for _, pair := range []struct {
		both          bool
		first, second string
	}{
		{f.summary && f.explain, "--summary", "--explain"},
		{f.summary && f.together, "--summary", "--together"},
		{f.id == "-" && slices.Contains(args, "-"), "--id -", "-"},
	} {
		if pair.both {
			return program.Usage("flags_exclude", pair.first, pair.second)
		}
	}
	trust, err := f.trust.load(a, at)
	if err != nil {
		return err
	}
	v, err := verifier.New(trust, verifier.Options{StatusListRequired: f.listRequired})
	if err != nil {
		return err
	}
	shown := presenting{args: args, codes: a.codes(args), at: at}
	if v.Verify("", at, shown.context).Reason() == spec.ReasonProgrammeEnded {
		shown.codes = whatever(shown.codes)
	} else if shown.context, err = f.context(a); err != nil {
		return err
	}
	if err := f.venue(trust, &shown.context); err != nil {
		return err
	}
	if f.together {
		return a.verifyTogether(ctx, f, v, shown)
	}
	return a.verifyEach(ctx, f, v, shown)
}

// presenting is what is shown to a guard, and when.
type presenting struct {
	args    []string // that name the codes
	codes   iter.Seq[scanned]
	at      time.Time
	context verifier.Context
}

// whatever gives an input in which no code can be read as one of no text: when the
// programme has ended all have the same answer, and nobody is asked for a better
// picture or for a document.
func whatever(codes iter.Seq[scanned]) iter.Seq[scanned] {
	return func(yield func(scanned) bool) {
		for code := range codes {
			code.err = nil
			if !yield(code) {
				return
			}
		}
	}
}

// context is what the guard knows beside the code.
func (f *verifyFlags) context(a *app) (verifier.Context, error) {
	if f.id == "" {
		return verifier.Context{Name: f.name}, nil
	}
	presented, err := a.presentedBy(f.id)
	if f.name != "" {
		presented.Name = f.name
	}
	return presented, err
}

// verifySummary counts verdicts.
type verifySummary struct {
	Codes     int                       `json:"codes"`
	Unread    int                       `json:"unread"` // inputs in which no code was found
	Outcomes  map[string]int            `json:"outcomes"`
	Reasons   map[string]int            `json:"reasons"`
	Regions   map[string]map[string]int `json:"regions"` // claimed region -> reason -> codes
	Seconds   float64                   `json:"seconds"`
	PerSecond float64                   `json:"codes_per_second"`
	begun     time.Time
	held      *judged // the first input, if no code was found in it, as long as it is the only one
}

func newVerifySummary() *verifySummary {
	return &verifySummary{
		Outcomes: map[string]int{}, Reasons: map[string]int{}, Regions: map[string]map[string]int{},
		begun: time.Now(),
	}
}

func (s *verifySummary) add(v verifier.Verdict) {
	s.Codes++
	s.Outcomes[v.Outcome().String()]++
	s.Reasons[v.Reason().Name()]++
	if region := v.Evidence().Issuer; region != "" {
		if s.Regions[region] == nil {
			s.Regions[region] = map[string]int{}
		}
		s.Regions[region][v.Reason().Name()]++
	}
}

func (a *app) tellJudged(f verifyFlags, j *judged, sum *verifySummary) error {
	if j.err != nil && sum.Codes+sum.Unread == 0 {
		held := *j
		sum.Unread, sum.held = 1, &held
		return nil
	}
	if err := a.tellHeld(f, sum); err != nil {
		return err
	}
	if j.err != nil {
		sum.Unread++
		return a.tellUnread(f, j)
	}
	sum.add(j.verdict)
	if f.summary {
		return nil
	}
	if a.JSON {
		_, err := a.Out.Write(j.json)
		return err
	}
	a.tellVerdict(j, f.explain)
	return nil
}

// tellHeld tells of an input that was held back: where it stays the only one it
// is the error of the run instead.
func (a *app) tellHeld(f verifyFlags, sum *verifySummary) error {
	if sum.held == nil {
		return nil
	}
	held := sum.held
	sum.held = nil
	return a.tellUnread(f, held)
}

func (a *app) tellUnread(f verifyFlags, j *judged) error {
	message, _ := a.Explain(j.err)
	if a.JSON && !f.summary {
		return a.PrintJSON(unreadLine{j.source, j.line, message})
	}
	if j.line > 0 {
		message = a.placeOf(&j.scanned) + ": " + message
	}
	a.Note("not_read", message)
	return nil
}

// unreadLine is an input in which no code was found.
type unreadLine struct {
	Source string `json:"source"`
	Line   int    `json:"line,omitempty"`
	Error  string `json:"error"`
}

func (a *app) endVerify(f verifyFlags, sum *verifySummary) error {
	sum.Seconds = time.Since(sum.begun).Seconds()
	if sum.Seconds > 0 {
		sum.PerSecond = float64(sum.Codes) / sum.Seconds
	}
	switch {
	case sum.held != nil:
		return sum.held.err
	case sum.Codes == 0:
		return program.Fail("nothing_verified")
	case sum.Unread > 0 || sum.Outcomes["pass"] < sum.Codes:
		a.Status = statusNotPass
	}
	if f.summary && a.JSON {
		return a.PrintJSON(sum)
	}
	if !a.JSON && (f.summary || sum.Codes > 1) {
		a.Say("verify_summary", sum.Codes, sum.Outcomes["pass"], sum.Outcomes["check"], sum.Outcomes["restricted"], sum.Outcomes["unverified"], sum.Unread, sum.PerSecond)
		for _, reason := range reasonsIn(sum.Reasons) {
			a.Say("verify_summary_reason", sum.Reasons[reason.Name()], reason.Name(), reason.Text(string(a.Lang)))
		}
	}
	return nil
}

// reasonsIn returns the counted reasons in the order of their numbers.
func reasonsIn(counts map[string]int) []spec.Reason {
	all, err := spec.Reasons()
	if err != nil {
		return nil
	}
	var some []spec.Reason
	for _, reason := range all {
		if counts[reason.Name()] > 0 {
			some = append(some, reason)
		}
	}
	return some
}
