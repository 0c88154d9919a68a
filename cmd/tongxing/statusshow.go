package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/issuer/revocation"
	"github.com/tongxing/tongxing/trustlist"
)

type statusShowFlags struct {
	reference, at, keySet string
	apply                 bool // what follows on one another has to
}

func (a *app) statusShowCommand() *cobra.Command {
	var f statusShowFlags
	c := a.Command("show FILE|BUNDLE|FOLDER...", "status_show", cobra.MinimumNArgs(1), func(_ context.Context, args []string) error {
		return a.statusShow(f, args)
	})
	f.add(a, c)
	return c
}

func (a *app) statusApplyCommand() *cobra.Command {
	f := statusShowFlags{apply: true}
	c := a.Command("apply LIST|FOLDER... DELTA...", "status_apply", cobra.MinimumNArgs(1), func(_ context.Context, args []string) error {
		return a.statusShow(f, args)
	})
	f.add(a, c)
	return c
}

func (f *statusShowFlags) add(a *app, c *cobra.Command) {
	c.Flags().StringVar(&f.reference, "reference", "", a.Lang.Say("flag_reference"))
	c.Flags().StringVar(&f.keySet, "keyset", "", a.Lang.Say("flag_status_check"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
}

// statusView is a region's status for programs.
type statusView struct {
	Region   string            `json:"region"`
	Verified bool              `json:"verified"` // by --keyset, which nobody verified here
	Hash     string            `json:"status_hash,omitempty"`
	AsOf     int64             `json:"as_of"` // when the newest document was issued
	Due      int64             `json:"due"`
	Age      float64           `json:"age_seconds"`
	Overdue  bool              `json:"overdue"`
	Counts   revocation.Counts `json:"counts"`
	Lists    []listStatusView  `json:"lists"`
	Deltas   []deltaView       `json:"deltas"`
}

// listStatusView is one list, with the deltas.
type listStatusView struct {
	List  uint32 `json:"list"`
	Month string `json:"month"`
	Shard uint32 `json:"shard"`
	revocation.Counts
	Version string `json:"version,omitempty"` // of the list document; none where a delta has made the list
	Over    bool   `json:"over"`              // its month has ended
}

// deltaView is one delta.
type deltaView struct {
	Version string `json:"version"`
	Issued  int64  `json:"issued"`
	Due     int64  `json:"due"`
	Lists   int    `json:"lists"` // that it changes
	Base    string `json:"base"`
	Result  string `json:"result"`
}

// statusShow says what status lists say: of all credentials in numbers, or of one.
// Deltas without the lists before them are shown by themselves, unless they are to
// be applied.
func (a *app) statusShow(f statusShowFlags, paths []string) error {
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	issuer, ref, err := format.ParseReference(f.reference)
	if f.reference != "" && err != nil {
		return program.Usage("reference_form", f.reference)
	}
	regions, err := a.readStatus(paths)
	if err != nil {
		return err
	}
	var set *trustlist.KeySet
	if f.keySet != "" {
		if set, err = a.regionKeySet(f.keySet, ""); err != nil {
			return err
		}
	}
	var views []statusView
	found := false
	for _, s := range regions {
		if f.reference != "" && s.code != issuer {
			continue
		}
		view, lists, err := a.viewStatus(s, set, at, f.apply || f.reference != "")
		if err != nil {
			return err
		}
		if f.reference != "" {
			found = true
			if err := a.tellReference(f.reference, ref, view, lists); err != nil {
				return err
			}
		}
		views = append(views, *view)
	}
	switch {
	case f.reference != "" && !found:
		return a.tellReference(f.reference, ref, nil, nil)
	case f.reference != "":
		return nil
	case a.JSON:
		return a.PrintJSON(map[string]any{"regions": views})
	}
	for i := range views {
		a.tellStatus(&views[i])
	}
	return nil
}

// viewStatus looks at the documents of a region. Without must, deltas that do not
// follow on the lists are left aside.
func (a *app) viewStatus(s *regionStatus, set *trustlist.KeySet, at time.Time, must bool) (*statusView, revocation.Lists, error) {
	newest := s.newest()
	view := &statusView{
		Region: s.code, AsOf: newest.Issued, Due: newest.Due, Age: at.Sub(time.Unix(newest.Issued, 0)).Seconds(),
		Overdue: newest.Due < at.Unix(), Lists: []listStatusView{}, Deltas: []deltaView{},
	}
	if set != nil && set.Region == s.code {
		if err := s.check(set); err != nil {
			return nil, nil, a.documentError(program.Subject(err), err)
		}
		view.Verified = true
	}
	for _, d := range s.deltaContents() {
		view.Deltas = append(view.Deltas, deltaView{
			d.Version.String(), d.Issued, d.Due, len(d.Changes), hexHash(d.Base), hexHash(d.Result),
		})
	}
	lists, err := s.apply()
	if err != nil && (must || len(s.lists) > 0) {
		return nil, nil, program.FailWith(err, "status_does_not_follow", s.code)
	}
	if err != nil { // deltas alone
		return view, nil, nil
	}
	hash, err := lists.Hash()
	if err != nil {
		return nil, nil, err
	}
	view.Hash, view.Counts = hexHash(hash), lists.Counts()
	versions := map[uint32]string{}
	for _, l := range s.listContents() {
		versions[l.List] = l.Version.String()
	}
	for _, number := range lists.Numbers() {
		view.Lists = append(view.Lists, listStatusView{
			number, listMonth(number), number & 0xff, revocation.CountsOf(lists[number]), versions[number], revocation.Over(number, at.Unix()),
		})
	}
	return view, lists, nil
}

// referenceView is what is known of one credential.
type referenceView struct {
	Reference string  `json:"reference"`
	Known     bool    `json:"known"` // there is the list; without it nothing is known
	State     string  `json:"state,omitempty"`
	AsOf      int64   `json:"as_of,omitempty"`
	Due       int64   `json:"due,omitempty"`
	Age       float64 `json:"age_seconds,omitempty"`
	Verified  bool    `json:"verified"`
}

// tellReference says what the lists say of one credential. The answer comes from
// the files: nobody is asked.
func (a *app) tellReference(text string, ref format.Ref, view *statusView, lists revocation.Lists) error {
	answer := referenceView{Reference: text}
	if sets, known := lists[ref.List]; known {
		answer = referenceView{text, true, sets.Lookup(ref.Index).String(), view.AsOf, view.Due, view.Age, view.Verified}
	}
	switch {
	case a.JSON:
		return a.PrintJSON(answer)
	case !answer.Known:
		a.Say("reference_no_list", text)
	default:
		a.Say("reference_state", text, a.Lang.Say("status_"+answer.State), clock(answer.AsOf))
	}
	return nil
}

func (a *app) tellStatus(v *statusView) {
	a.Say("status_region", a.regionLabel(v.Region), clock(v.AsOf), clock(v.Due), a.age(time.Duration(v.Age*float64(time.Second))))
	if v.Overdue {
		a.Say("status_overdue")
	}
	if !v.Verified {
		a.Say("status_not_verified")
	}
	for _, l := range v.Lists {
		line := a.Lang.Say("status_list", l.List, l.Month, l.Shard, l.Revoked, l.Superseded, l.Suspended)
		if l.Version != "" {
			line += a.Lang.Say("status_list_version", l.Version)
		}
		if l.Over {
			line += a.Lang.Say("status_list_over")
		}
		fmt.Fprintln(a.Out, line)
	}
	for _, d := range v.Deltas {
		a.Say("status_delta", d.Version, clock(d.Issued), d.Lists)
	}
	if v.Hash != "" {
		a.Say("status_total", len(v.Lists), v.Counts.Revoked, v.Counts.Superseded, v.Counts.Suspended)
		a.Say("status_hash", v.Hash)
	}
}
