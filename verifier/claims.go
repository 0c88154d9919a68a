package verifier

import (
	"encoding/hex"
	"math"
	"time"

	"github.com/tongxing/tongxing/format"
)

// claimsJSON is what a verified credential says, with times in full.
type claimsJSON struct {
	Issued       string            `json:"issued"`
	List         uint32            `json:"list"`
	Index        uint32            `json:"index"`
	Status       *statusJSON       `json:"status,omitempty"`
	Tests        []testJSON        `json:"tests,omitempty"`
	Vaccinations []vaccinationJSON `json:"vaccinations,omitempty"`
	Exemptions   []uint16          `json:"exemptions,omitempty"`
	Origin       *originJSON       `json:"origin,omitempty"`
}

type statusJSON struct {
	State      uint16 `json:"state"`
	Rule       uint16 `json:"rule"`
	Determined string `json:"determined"`
}

type testJSON struct {
	Kind       uint16 `json:"kind"`
	Result     uint16 `json:"result"`
	Reported   string `json:"reported"`
	Laboratory uint32 `json:"laboratory"`
}

type vaccinationJSON struct {
	Product uint16 `json:"product"`
	Dose    uint8  `json:"dose"`
	Course  uint8  `json:"course"`
	Day     string `json:"day"`
}

type originJSON struct {
	Region string `json:"region"`
	KeyID  string `json:"key_id"`
}

func newClaimsJSON(c *format.Credential) *claimsJSON {
	out := &claimsJSON{
		Issued: rfc3339(c.IssuedAt), List: c.Ref.List, Index: c.Ref.Index, Exemptions: c.Exemptions,
	}
	if s := c.Status; s != nil {
		out.Status = &statusJSON{s.State, s.Rule, rfc3339(c.Determined())}
	}
	for _, t := range c.Tests {
		out.Tests = append(out.Tests, testJSON{t.Kind, t.Result, rfc3339(c.Reported(t)), t.Laboratory})
	}
	for _, v := range c.Vaccinations {
		day := time.Unix(format.DayStart(int64(v.Day)), 0).In(format.ChinaTime).Format(time.DateOnly)
		out.Vaccinations = append(out.Vaccinations, vaccinationJSON{v.Product, v.Dose, v.Course, day})
	}
	if o := c.Origin; o != nil {
		out.Origin = &originJSON{o.Region, hexString(o.KeyID[:])}
	}
	return out
}

func rfc3339(unix int64) string {
	return time.Unix(unix, 0).In(format.ChinaTime).Format(time.RFC3339)
}

// hours returns d in hours with one decimal, which is what a guard needs.
func hours(d time.Duration) float64 { return math.Round(d.Hours()*10) / 10 }

func hexString(b []byte) string { return hex.EncodeToString(b) }
