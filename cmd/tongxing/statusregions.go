package main

import (
	"time"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/trustlist"
)

// carriedView is what is carried of the status lists of one region.
type carriedView struct {
	Region     string    `json:"region"`
	Lists      int       `json:"lists"`
	Revoked    int       `json:"revoked"`
	Superseded int       `json:"superseded"`
	Suspended  int       `json:"suspended"`
	AsOf       time.Time `json:"as_of"` // of the oldest list
	Due        time.Time `json:"due"`   // the first that is
	Overdue    bool      `json:"overdue"`
	Behind     bool      `json:"behind"` // the snapshot names other lists
}

// statusCarried is of which regions status lists are carried, and of which not.
type statusCarried struct {
	Regions    []carriedView `json:"regions"`
	NotCarried []string      `json:"not_carried"`
}

// viewCarried says what is carried of the status of every region of the list.
func viewCarried(trust *trustlist.Trust, at time.Time) statusCarried {
	view := statusCarried{Regions: []carriedView{}, NotCarried: []string{}}
	for _, region := range trust.Regions() {
		covered := region.StatusCoverage()
		if len(covered) == 0 {
			view.NotCarried = append(view.NotCarried, region.Code)
			continue
		}
		asOf, due := covered[0].AsOf, covered[0].Due
		one := carriedView{Region: region.Code, Lists: len(covered), Behind: region.StatusBehind()}
		for _, list := range covered {
			one.Revoked, one.Superseded, one.Suspended = one.Revoked+list.Revoked, one.Superseded+list.Superseded, one.Suspended+list.Suspended
			asOf, due = min(asOf, list.AsOf), min(due, list.Due)
		}
		one.AsOf, one.Due, one.Overdue = beijing(asOf), beijing(due), due < max(at.Unix(), trust.Floor())
		view.Regions = append(view.Regions, one)
	}
	return view
}

// since is what is carried otherwise than before: a list that is newer, or is there
// no more.
func (s statusCarried) since(before statusCarried) statusCarried {
	var news statusCarried
	had := map[string]carriedView{}
	for _, one := range before.Regions {
		had[one.Region] = one
	}
	for _, one := range s.Regions {
		if had[one.Region] != one {
			news.Regions = append(news.Regions, one)
		}
	}
	for _, code := range s.NotCarried {
		if _, gone := had[code]; gone {
			news.NotCarried = append(news.NotCarried, code)
		}
	}
	return news
}

// tellCarried says it, one line a region, and one for all that are not carried.
func (a *app) tellCarried(view statusCarried) {
	for i := range view.Regions {
		s := &view.Regions[i]
		note := ""
		if s.Overdue {
			note += a.Lang.Say("carried_overdue", clock(s.Due.Unix()))
		}
		if s.Behind {
			note += a.Lang.Say("carried_behind")
		}
		a.Say("carried_region", a.regionLabel(s.Region), s.Lists, s.Revoked, s.Superseded, s.Suspended, clock(s.AsOf.Unix()), note)
	}
	var missing []string
	for _, code := range view.NotCarried {
		missing = append(missing, a.regionLabel(code))
	}
	if len(missing) > 0 {
		a.Say("carried_nowhere", len(missing), a.listed(missing))
	}
}

// statusChoice reads the flag that chooses regions; nothing is no choice.
func statusChoice(text string) (*trustlist.StatusChoice, error) {
	if text == "" {
		return nil, nil
	}
	choice, err := trustlist.ParseStatusChoice(text)
	if err != nil {
		return nil, program.Usage("status_regions_wrong", text)
	}
	return &choice, nil
}

// checkRegions reports what is wrong with the flag that chooses regions.
func checkRegions(text string) error {
	_, err := statusChoice(text)
	return err
}
