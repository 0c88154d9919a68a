package issuer_test

import (
	"slices"
	"testing"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/record"
)

// Tables are open: a number that they lack is signed, and told.
func TestNumbersThatNoTableHasAreSignedAndTold(t *testing.T) {
	usage := greenUsage | adverseUsage
	trust := province(t, usage, published(greenSigner, usage))
	iss := newIssuer(t, trust, greenSigner)
	for name, c := range map[string]struct {
		change func(*record.Record)
		want   []issuer.Unlisted
	}{
		"known numbers": {func(r *record.Record) {
			r.Vaccinations = []record.Vaccination{{Product: 1, Dose: 1, Course: 2, Day: "2021-05-01"}}
		}, nil},
		"a product": {func(r *record.Record) {
			r.Vaccinations = []record.Vaccination{{Product: 999, Dose: 1, Course: 2, Day: "2021-05-01"}}
		}, []issuer.Unlisted{{Table: issuer.UnlistedProduct, Number: 999}}},
		"a state": {func(r *record.Record) {
			r.Status = yellow()
			r.Status.State, r.Status.Rule = 7, 701
		}, []issuer.Unlisted{{Table: issuer.UnlistedState, Number: 7}}},
		"a test, each number once": {func(r *record.Record) {
			test := record.Test{Kind: 77, Result: 9, Laboratory: 33<<16 | 4242,
				Sampled: beijing("2022-08-09 10:00"), Reported: beijing("2022-08-09 11:00")}
			later := test
			later.Reported = beijing("2022-08-09 12:00")
			r.Tests = []record.Test{later, test}
		}, []issuer.Unlisted{
			{Table: issuer.UnlistedLaboratory, Number: 33<<16 | 4242},
			{Table: issuer.UnlistedResult, Number: 9}, {Table: issuer.UnlistedTestKind, Number: 77},
		}},
		"a laboratory of another region, which that region lists": {func(r *record.Record) {
			r.Tests = []record.Test{{Kind: 1, Laboratory: 41<<16 | 4242,
				Sampled: beijing("2022-08-09 10:00"), Reported: beijing("2022-08-09 11:00")}}
		}, nil},
	} {
		r := &record.Record{Name: "陈梓", DocumentType: "01", DocumentNumber: "469999198104010408"}
		c.change(r)
		draft, err := iss.Draft(r, now)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := iss.Unlisted(draft); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
