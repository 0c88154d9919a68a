package main

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/files"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/verifier/policy"
)

// venueSetting is where a device stands. It is kept beside its store, in a file of
// the same name with .venue behind it:
//
//	{"class":3,"region":"37"}
type venueSetting struct {
	Class  uint16 `json:"class"`
	Region string `json:"region,omitempty"`
}

// maxVenue bounds the file of a setting.
const maxVenue = 1 << 10

// or fills in from another setting what this one does not say.
func (s venueSetting) or(other venueSetting) venueSetting {
	if s.Class == 0 {
		s.Class = other.Class
	}
	if s.Region == "" {
		s.Region = other.Region
	}
	return s
}

func venueFile(store string) string { return store + ".venue" }

// readVenue reads the setting of a store; none is the zero one.
func readVenue(store string) (venueSetting, error) {
	path := venueFile(store)
	data, err := files.Read(path, maxVenue)
	if errors.Is(err, fs.ErrNotExist) {
		return venueSetting{}, nil
	}
	if err != nil {
		return venueSetting{}, err
	}
	var s venueSetting
	if err := json.Unmarshal(data, &s); err != nil || s.Class == 0 {
		return venueSetting{}, program.Fail("venue_unreadable", path)
	}
	return s, nil
}

func (a *app) venueCommand() *cobra.Command {
	var f verifyFlags
	var forget bool
	c := a.Command("venue", "venue", cobra.NoArgs, func(_ context.Context, _ []string) error {
		return a.venue(f, forget)
	})
	c.Flags().StringVar(&f.trust.store, "store", "", a.Lang.Say("flag_store"))
	c.Flags().StringVar(&f.at, "at", "", a.Lang.Say("flag_at"))
	c.Flags().StringVar(&f.class, "class", "", a.Lang.Say("flag_venue_class"))
	c.Flags().StringVar(&f.region, "region", "", a.Lang.Say("flag_venue_region"))
	c.Flags().BoolVar(&forget, "forget", false, a.Lang.Say("flag_venue_forget"))
	completeFlag(c, "class", a.venueClasses()...)
	completeFlag(c, "region", a.regions()...)
	return c
}

// venue sets where the device stands, or tells it.
func (a *app) venue(f verifyFlags, forget bool) error {
	if forget && f.class+f.region != "" {
		return program.Usage("flags_exclude", "--forget", "--class")
	}
	at, err := a.at(f.at)
	if err != nil {
		return err
	}
	trust, err := f.trust.load(a, at)
	if err != nil {
		return err
	}
	set, err := readVenue(f.trust.source)
	if err != nil && !forget && f.class == "" {
		return err
	}
	given, err := venueOf(f.class, f.region, trust.Policy())
	if err != nil {
		return err
	}
	set = given.or(set)
	switch {
	case forget:
		set = venueSetting{}
		if err := os.Remove(venueFile(f.trust.source)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return program.AboutFile(venueFile(f.trust.source), err)
		}
	case f.class+f.region == "":
	case set.Class == 0:
		return program.Usage("flag_required", "--class")
	default:
		data, err := json.Marshal(set)
		if err := errors.Join(err, files.Write(venueFile(f.trust.source), append(data, '\n'), 0o644)); err != nil {
			return err
		}
	}
	return a.tellVenue(policy.NamesOf(trust.Policy()), set)
}

func (a *app) tellVenue(names policy.Names, set venueSetting) error {
	switch {
	case a.JSON:
		return a.PrintJSON(set)
	case set.Class == 0:
		a.Say("venue_none")
	case set.Region == "":
		a.Say("venue_class", set.Class, names.VenueClass(set.Class, string(a.Lang)))
	default:
		a.Say("venue_set", set.Class, names.VenueClass(set.Class, string(a.Lang)), set.Region, a.regionName(set.Region, set.Region))
	}
	return nil
}
