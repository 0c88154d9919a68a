package main

import (
	"cmp"
	"context"
	"os"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/trustlist/fingerprint"
)

// doctorCommand is `tongxing doctor`: what a device believes, and what to do.
func (a *app) doctorCommand() *cobra.Command {
	var f applyFlags
	c := a.Command("doctor", "doctor", cobra.NoArgs, func(context.Context, []string) error { return a.doctor(f) })
	c.Flags().StringVar(&f.store, "store", "", a.Lang.Say("flag_store"))
	c.Flags().StringVar(&f.root, "root", "", a.Lang.Say("flag_root_check"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	return c
}

// diagnosis is everything that doctor says, for programs.
type diagnosis struct {
	Attention  bool                  `json:"attention"` // something is to be done
	Store      storeView             `json:"store"`
	Anchor     anchorView            `json:"anchor"`
	Clock      clockView             `json:"clock"`
	Inspection *trustlist.Inspection `json:"inspection"`
	Report     *trustlist.Report     `json:"report"`
	NotCovered []string              `json:"not_covered"` // regions that the list does not name
	Status     statusCarried         `json:"status"`
	Chosen     string                `json:"status_regions"` // of which status lists are carried
	Findings   []finding             `json:"findings"`
	Next       []string              `json:"next"` // what to do, in this order

	at    time.Time
	state *fetch.State
}

type storeView struct {
	File    string    `json:"file"`
	Bytes   int       `json:"bytes"`
	Source  int       `json:"source_bytes"`
	SHA256  string    `json:"source_sha256"`
	Rest    int       `json:"rest_bytes"` // in force beside the source
	From    string    `json:"from"`
	Applied time.Time `json:"applied"`
	Waiting int64     `json:"waiting_bytes,omitempty"` // of a download that was cut
}

type anchorView struct {
	Hash  string `json:"hash"`
	Words string `json:"fingerprint"`
}

// clockView compares the device's clock with what it knows.
type clockView struct {
	Shows     time.Time `json:"shows"`
	Effective time.Time `json:"effective"` // that codes are judged at
	Floor     time.Time `json:"floor"`
	Known     time.Time `json:"known"` // the latest time that the device has known
}

// finding is one thing that is not as it should be.
type finding struct {
	Name      string `json:"name"`
	Attention bool   `json:"attention"` // else it is good to know
	Text      string `json:"text"`
	next      string // key of what to do about it, or ""
}

// doctor explains what the device believes. The exit status says whether there
// is anything to do.
func (a *app) doctor(f applyFlags) error {
	at, err := a.doctorTime(f.at)
	if err != nil {
		return err
	}
	var anchor trustlist.Anchor
	if f.root != "" {
		if anchor, err = (&trustFlags{root: f.root}).anchor(); err != nil {
			return err
		}
	}
	path, err := a.storePath(f.store)
	if err != nil {
		return err
	}
	state, err := a.storedTrust(path, anchor, at)
	if err != nil {
		return err
	}
	d := a.diagnose(path, state, at)
	if d.Attention {
		a.Status = program.StatusRejects
	}
	if a.JSON {
		return a.PrintJSON(d)
	}
	a.tellDiagnosis(d)
	return nil
}

// doctorTime is the time of --at, or whatever the clock shows, however wrong: of
// that doctor speaks.
func (a *app) doctorTime(value string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, value); err == nil {
		return t, nil
	}
	return a.at(value)
}

func (a *app) diagnose(path string, state *fetch.State, at time.Time) *diagnosis {
	i := state.Trust.Inspect(max(at.Unix(), 0))
	d := &diagnosis{
		Store: storeView{
			File: path, Bytes: state.Size, Source: len(state.Source), SHA256: hexHash(state.SourceHash), Rest: state.RestSize,
			From: state.Origin.From, Applied: beijing(state.Applied),
		},
		Anchor:     anchorView{hexHash(state.Anchor.Hash()), fingerprint.Words(state.Anchor.Hash())},
		Clock:      clockView{at.In(format.ChinaTime), beijing(i.Effective), beijing(i.Floor), beijing(state.Known)},
		Inspection: i, Report: state.Report, NotCovered: []string{}, Findings: []finding{}, Next: []string{}, at: at, state: state,
		Status: viewCarried(state.Trust, at), Chosen: state.Status.String(),
	}
	for _, region := range spec.Regions() {
		if _, listed := state.Trust.Region(region.Number); !listed {
			d.NotCovered = append(d.NotCovered, region.Number)
		}
	}
	a.findClock(d)
	a.findAge(d)
	a.findRegions(d)
	a.findStore(d, path)
	slices.SortStableFunc(d.Findings, func(x, y finding) int { return cmp.Compare(rank(x.Attention), rank(y.Attention)) })
	for _, f := range d.Findings {
		d.Attention = d.Attention || f.Attention
		if f.next == "" {
			continue
		}
		if next := a.Lang.Say(f.next); !slices.Contains(d.Next, next) {
			d.Next = append(d.Next, next)
		}
	}
	return d
}

func rank(attention bool) int {
	if attention {
		return 0
	}
	return 1
}

func beijing(unix int64) time.Time { return time.Unix(unix, 0).In(format.ChinaTime) }

// attention adds something that has to be done, mention something good to know. The
// message says it in words, next what to do.
func (d *diagnosis) attention(name, text, next string) {
	d.Findings = append(d.Findings, finding{name, true, text, next})
}

func (d *diagnosis) mention(name, text, next string) {
	d.Findings = append(d.Findings, finding{name, false, text, next})
}

const (
	// clockSlack is how far behind the floor a clock may be without a word.
	clockSlack = 10 * time.Minute
	// clockAhead is how old the newest national document may be before the clock
	// is doubted.
	clockAhead = 30 * 24 * time.Hour
)

// findClock compares the clock with the floor, which at least two signers have
// moved, and with the latest time that the device has known.
func (a *app) findClock(d *diagnosis) {
	behind, ahead := d.Clock.Floor.Sub(d.at), d.at.Sub(d.Clock.Floor)
	switch {
	case d.at.Unix() < format.MinTime:
		d.attention("clock_unset", a.Lang.Say("doctor_clock_unset", clock(d.at.Unix()), clock(d.Inspection.Effective)), "next_clock")
	case behind > clockSlack:
		d.attention("clock_behind", a.Lang.Say("doctor_clock_behind", a.age(behind), clock(d.Inspection.Effective)), "next_clock")
	case d.Clock.Known.Sub(d.at) > clockSlack:
		d.attention("clock_fell", a.Lang.Say("doctor_clock_fell", clock(d.Clock.Known.Unix())), "next_clock")
	case ahead >= clockAhead:
		d.attention("clock_ahead", a.Lang.Say("doctor_clock_ahead", a.age(ahead)), "next_clock_compare")
	}
	if end := d.Inspection.ProgrammeEnd; end != 0 && d.Inspection.Effective >= end {
		d.attention("programme_ended", a.Lang.Say("doctor_ended", clock(end)), "")
	}
}

// findAge looks at the ladder and at what is overdue.
func (a *app) findAge(d *diagnosis) {
	i := d.Inspection
	if i.Freshness != trustlist.Fresh {
		d.attention("stale", a.Lang.Say("doctor_age", a.freshnessOf(i.Freshness), a.age(seconds(i.Age))), "next_apply")
	}
	for _, document := range i.Documents {
		if !document.Overdue {
			continue
		}
		text := a.Lang.Say("doctor_overdue", a.documentName(&document), clock(document.Due), a.age(seconds(i.Effective-document.Due)))
		if document.Region == "" {
			d.attention("overdue", text, "next_apply")
		} else {
			d.mention("overdue", text, "next_apply")
		}
	}
	for _, lack := range i.Lacks {
		name := a.documentName(&trustlist.DocumentStanding{Kind: lack.Kind, Region: lack.Region, List: lack.List})
		switch {
		case lack.Kind == trustlist.KindKeySet: // the region is unavailable
		case (lack.Kind == trustlist.KindStatusList || lack.Kind == trustlist.KindStatusDelta) && !d.state.Status.Has(lack.Region): // left out by choice
		case lack.Known.IsZero():
			d.mention("lacking", a.Lang.Say("doctor_lacking", name), "")
		default:
			d.attention("lost", a.Lang.Say("doctor_lost", name, lack.Known), "next_apply")
		}
	}
}

// keysSoon is how long before the end of a region's last key it is said.
const keysSoon = 30 * 24 * time.Hour

// findRegions looks at what is refused, unavailable, or about to end.
func (a *app) findRegions(d *diagnosis) {
	for _, fault := range d.Report.Faults {
		if region, ok := d.state.Trust.Region(fault.Region); ok && region.Available() == error(fault) {
			continue // it is said below that, and why, the region is unavailable
		}
		sentence, _ := a.Explain(a.documentError(a.Lang.Say("region_material", fault.Region), fault.Err))
		d.attention("refused", sentence, "next_region")
	}
	for _, warning := range d.Report.Warnings {
		d.attention("shared_keys", a.warning(warning), "next_region")
	}
	for _, held := range d.Report.HeldAside {
		d.attention("held_aside", a.Lang.Say("region_held", held.Region, a.kindName(held.Kind), clock(held.Issued)), "next_clock_compare")
	}
	for _, region := range d.Inspection.Regions {
		until := beijing(region.KeysUntil)
		switch {
		case !region.Available():
			d.attention("unavailable", a.Lang.Say("doctor_unavailable", a.regionLabel(region.Code), region.Unavailable), "next_region")
		case region.ActiveKeys == 0:
			d.attention("no_keys", a.Lang.Say("doctor_no_keys", a.regionLabel(region.Code)), "next_region")
		case until.Sub(beijing(d.Inspection.Effective)) < keysSoon:
			d.mention("keys_end", a.Lang.Say("doctor_keys_end", a.regionLabel(region.Code), clock(region.KeysUntil)), "next_region")
		}
		if region.StatusBehind {
			d.mention("status_behind", a.Lang.Say("doctor_status_behind", a.regionLabel(region.Code)), "next_apply")
		}
	}
}

// findStore looks at the file itself.
func (a *app) findStore(d *diagnosis, path string) {
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
		d.attention("writable", a.Lang.Say("doctor_writable", path), "")
	}
	if info, err := os.Stat(partialPath(path)); err == nil {
		d.Store.Waiting = info.Size()
		d.mention("waiting", a.Lang.Say("doctor_waiting", info.Size()), "next_apply")
	}
}

func seconds(n int64) time.Duration { return time.Duration(n) * time.Second }
