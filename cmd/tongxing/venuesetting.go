package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/tongxing/tongxing/cmd/internal/device"
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/verifier/policy"
)

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
	set, err := device.ReadVenue(f.trust.source)
	if err != nil && !forget && f.class == "" {
		return err
	}
	given, err := venueOf(f.class, f.region, trust.Policy())
	if err != nil {
		return err
	}
	set = given.Or(set)
	switch {
	case forget:
		set = device.Venue{}
		err = device.WriteVenue(f.trust.source, set)
	case f.class+f.region == "":
	case set.Class == 0:
		return program.Usage("flag_required", "--class")
	default:
		err = device.WriteVenue(f.trust.source, set)
	}
	if err != nil {
		return err
	}
	return a.tellVenue(policy.NamesOf(trust.Policy()), set)
}

func (a *app) tellVenue(names policy.Names, set device.Venue) error {
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
