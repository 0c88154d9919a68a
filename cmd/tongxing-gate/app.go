package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/config"
	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/formats"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/cmd/internal/words"
	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/gate"
	"github.com/tongxing/tongxing/gate/counters"
	"github.com/tongxing/tongxing/gate/document"
	"github.com/tongxing/tongxing/gate/enrolment"
	"github.com/tongxing/tongxing/gate/knowledge"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
	"github.com/tongxing/tongxing/trustlist/delta"
	"github.com/tongxing/tongxing/trustlist/fetch"
	"github.com/tongxing/tongxing/verifier"
)

// app is one run of the command.
type app struct{ *program.Program }

// run runs the command line and returns the exit status.
func run(ctx context.Context, s program.Surroundings, args []string) int {
	a := &app{program.New("tongxing-gate", s, args)}
	a.Formats = append(formats.Wire(), program.Format{Key: "format_enrolment", ID: enrolment.Format})
	settings := config.Attach(a.Program, args)
	settings.Judges(map[string]config.Judge{
		"root": device.CheckAnchor, "venue-class": checkClass, "from": checkSource,
		"baud": config.Count(checkBaud), "controller": checkController,
	})
	return a.Run(ctx, a.rootCommand(settings.Command()), args)
}

// flags are those of the device, whatever it is asked to do.
type flags struct {
	store, root  string
	watch, from  []string
	class        string
	region, at   string
	listRequired bool

	listen   string
	stdin    bool
	training bool

	connected connectedFlags
}

func (a *app) rootCommand(more ...*cobra.Command) *cobra.Command {
	var f flags
	root := a.Root("gate_root", append([]*cobra.Command{a.selfTestCommand(), a.enrolKeyCommand(), a.enrolmentCommand()}, more...)...)
	root.Use = "tongxing-gate"
	root.RunE = func(c *cobra.Command, given []string) error {
		switch {
		case len(given) > 0:
			return program.Usage("command_unknown", given[0])
		case f.stdin:
			return a.headless(c.Context(), &f)
		}
		return a.serve(c.Context(), &f)
	}
	l := root.Flags()
	l.StringVar(&f.store, "store", "", a.Lang.Say("flag_store"))
	l.StringVar(&f.root, "root", "", a.Lang.Say("flag_root_first"))
	l.StringArrayVar(&f.watch, "watch", nil, a.Lang.Say("flag_gate_watch"))
	l.StringArrayVar(&f.from, "from", nil, a.Lang.Say("flag_gate_from"))
	l.StringVar(&f.class, "class", "", a.Lang.Say("flag_venue_class"))
	l.StringVar(&f.region, "region", "", a.Lang.Say("flag_venue_region"))
	l.StringVar(&f.at, "at", "", a.Lang.Say("flag_gate_at"))
	l.BoolVar(&f.listRequired, "status-list-required", false, a.Lang.Say("flag_status_list_required"))
	l.StringVar(&f.listen, "listen", "127.0.0.1:8620", a.Lang.Say("flag_listen"))
	l.BoolVar(&f.stdin, "stdin", false, a.Lang.Say("flag_gate_stdin"))
	l.BoolVar(&f.training, "training", false, a.Lang.Say("flag_gate_training"))
	f.connected.add(a, root)
	return root
}

// parts are what the device is made of.
type parts struct {
	store  string
	clock  func() time.Time
	keeper *knowledge.Keeper
	gate   *gate.Gate
	desk   document.Desk
	counts *counters.Counters // nil: nothing is counted
}

// assemble makes the device as the flags say. A device without a store makes its
// folder, for the first import has to have a place.
func (a *app) assemble(ctx context.Context, f *flags) (*parts, error) {
	p := &parts{store: f.store}
	var err error
	if p.clock, err = a.clock(f.at); err != nil {
		return nil, err
	}
	if p.store == "" {
		if p.store = device.DefaultStore(a.Getenv); p.store == "" {
			return nil, program.Usage("flag_required", "--store")
		}
		if err := config.MakeFolder(filepath.Dir(p.store)); err != nil {
			return nil, program.AboutFile(filepath.Dir(p.store), err)
		}
	}
	if err := config.CheckFolders(a.Program); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Dir(p.store)); err != nil { // told now, not at the first import
		return nil, &files.PathError{Path: filepath.Dir(p.store), Err: files.ErrNoFolder}
	}
	anchor, err := device.Anchor(f.root)
	if err != nil {
		return nil, err
	}
	p.keeper, err = knowledge.Open(knowledge.Options{
		Store: p.store, Anchor: anchor, Clock: p.clock, Busy: waitFor(ctx),
		Verifier: verifier.Options{StatusListRequired: f.listRequired},
	})
	if err != nil {
		return nil, device.Fault(p.store, err)
	}
	o := gate.Options{Knowledge: p.keeper, Clock: p.clock, Desk: &p.desk}
	if o.Output, err = f.connected.table(); err != nil {
		return nil, err
	}
	if f.connected.counters {
		p.counts = new(counters.Counters)
		o.Counter = p.counts
	}
	if p.gate, err = gate.New(o); err != nil {
		return nil, err
	}
	if err := a.place(p, f); err != nil {
		return nil, err
	}
	return p, p.gate.Train(f.training)
}

// clock returns the device's clock: that of the machine, or one that began at the
// time of --at and runs on.
func (a *app) clock(at string) (func() time.Time, error) {
	if at == "" {
		return a.Clock, nil
	}
	from, err := time.Parse(time.RFC3339, at)
	if err != nil {
		from, err = time.ParseInLocation("2006-01-02 15:04", at, format.ChinaTime)
	}
	switch {
	case err != nil:
		return nil, program.Usage("time_form", at)
	case from.Unix() < format.MinTime || from.Unix() > format.MaxTime:
		return nil, program.Usage("time_out_of_range", at)
	}
	begun := a.Clock()
	return func() time.Time { return from.Add(a.Clock().Sub(begun)) }, nil
}

// place says where the device stands: as the flags say, else as it was set.
func (a *app) place(p *parts, f *flags) error {
	set, err := device.ReadVenue(p.store)
	if err != nil && f.class == "" {
		return err
	}
	if f.region != "" {
		if err := config.Region(f.region); err != nil {
			return err
		}
	}
	if f.class != "" {
		class, ok := venueClass(f.class)
		if !ok {
			return program.Usage("class_form", f.class)
		}
		set = device.Venue{Class: class, Region: set.Region}
	}
	if f.region != "" {
		set.Region = f.region
	}
	if set.Region != "" && set.Class == 0 {
		return program.Usage("flag_required", "--class")
	}
	p.gate.SetVenue(gate.Venue(set))
	return nil
}

// checkClass holds a class to having a number.
func checkClass(text string) error {
	if _, ok := venueClass(text); !ok {
		return program.Usage("class_form", text)
	}
	return nil
}

// venueClass is a class by its number, which a policy may have added, or by its name
// in the table of classes.
func venueClass(text string) (uint16, bool) {
	if number, err := strconv.ParseUint(text, 10, 16); err == nil {
		return uint16(number), number > 0
	}
	for _, class := range spec.VenueClasses() {
		if strings.EqualFold(text, class.Label.ZH) || strings.EqualFold(text, class.Label.EN) {
			return class.Number, true
		}
	}
	return 0, false
}

// How long an import waits for one of another process.
const (
	busyPause = 50 * time.Millisecond
	busyTries = 200
)

func waitFor(ctx context.Context) func(int) bool {
	return func(tries int) bool {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(busyPause):
			return tries <= busyTries
		}
	}
}

// checkSource holds the address of a source to its form.
func checkSource(address string) error {
	_, err := webSource(address, "")
	return err
}

// webSource is a source on the network; partial is where what has come so far is kept.
func webSource(address, partial string) (knowledge.Source, error) {
	web, err := fetch.NewHTTP(address, fetch.HTTPOptions{
		Timer:   func(d time.Duration, f func()) func() bool { return time.AfterFunc(d, f).Stop },
		Partial: partial,
	})
	if err != nil {
		return nil, device.Fault(address, err)
	}
	return knowledge.Web{HTTP: web}, nil
}

// sources are where the device looks for bundles.
func (p *parts) sources(f *flags) ([]knowledge.Source, error) {
	var all []knowledge.Source
	for _, folder := range f.watch {
		all = append(all, knowledge.NewFolder(folder))
	}
	for _, address := range f.from {
		web, err := webSource(address, p.store+".part")
		if err != nil {
			return nil, err
		}
		all = append(all, web)
	}
	return all, nil
}

// explain gives an error its sentence in both languages, for the page.
func (a *app) explain(err error) spec.Label {
	say := func(l words.Language) string {
		in := *a.Program
		in.Lang = l
		text, _ := in.Explain(sourceFault("", err))
		return text
	}
	return spec.Label{ZH: say(words.Chinese), EN: say(words.English)}
}

// sourceFault gives what is wrong with a source its words; what names it where the error
// does not. A file of a stick that is no bundle is mostly one that was not copied to its
// end.
func sourceFault(what string, err error) error {
	var file *fetch.FileError
	if errors.As(err, &file) && (errors.Is(err, trustlist.ErrNotABundle) || errors.Is(err, delta.ErrNotADelta)) {
		return program.FailFor(err, "gate_half_copied", file.Path)
	}
	return device.Fault(what, err)
}

// importOnce brings the store up to date before anything is judged. What is wrong
// with a source is told, and does not stop the device.
func (a *app) importOnce(ctx context.Context, p *parts, sources []knowledge.Source) error {
	for _, from := range sources {
		_, err := p.keeper.Import(ctx, from)
		if errors.Is(err, context.Canceled) {
			return err
		}
		if err = cmp.Or(err, p.keeper.Problem(from)); err != nil {
			message, _ := a.Explain(sourceFault(from.Name(), err))
			a.Log.Warn("a source of bundles is not imported", "from", from.Name(), "told", a.Lang.Say("gate_source", message))
		}
	}
	return nil
}

// warn says something that whoever looks after the device should know.
func (a *app) warn(message, key string, arguments ...any) {
	a.Log.Warn(message, "told", a.Lang.Say(key, arguments...))
}

// noteClock says at the start what is to be thought of the clock; with every code the
// verdict says when it is behind.
func (a *app) noteClock(p *parts) {
	c := p.keeper.Standing().Clock
	shows := c.Shows.In(format.ChinaTime).Format("2006-01-02 15:04")
	switch c.Standing {
	case knowledge.ClockUnset:
		a.warn("the clock was never set", "gate_clock_unset", shows)
	case knowledge.ClockBehind:
		a.warn("the clock is behind the newest national document", "gate_clock_behind", shows)
	case knowledge.ClockFell:
		a.warn("the clock went back", "gate_clock_fell", shows)
	case knowledge.ClockAhead:
		a.warn("the clock is far ahead of the newest national document", "gate_clock_ahead", shows)
	}
}
