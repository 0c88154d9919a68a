package format

import (
	"encoding/hex"
	"encoding/json"
	"time"
)

// credentialJSON is a credential for programs and people: numbers as on the wire,
// times in full at UTC+8. It is an output form only; nothing reads it back.
type credentialJSON struct {
	Issuer       string            `json:"issuer"`
	Issued       string            `json:"issued"`
	Expires      string            `json:"expires"`
	Holder       holderJSON        `json:"holder"`
	List         uint32            `json:"list"`
	Index        uint32            `json:"index"`
	Status       *statusJSON       `json:"status,omitempty"`
	Tests        []testJSON        `json:"tests,omitempty"`
	Vaccinations []vaccinationJSON `json:"vaccinations,omitempty"`
	Exemptions   []uint16          `json:"exemptions,omitempty"`
	Origin       *originJSON       `json:"origin,omitempty"`
}

type holderJSON struct {
	Name    string `json:"name"`
	Class   uint8  `json:"document_class"`
	LastTwo string `json:"last_two"`
	Tag     string `json:"tag"`
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

// MarshalJSON writes the credential with times in full, RFC 3339 at UTC+8.
func (c *Credential) MarshalJSON() ([]byte, error) { return json.Marshal(c.View()) }

// View returns what [Credential.MarshalJSON] writes as a plain value, for a larger
// one: encoding/json goes a second time over everything that a MarshalJSON gives.
func (c *Credential) View() any {
	out := &credentialJSON{
		Issuer: c.Issuer, Issued: rfc3339(c.IssuedAt), Expires: rfc3339(c.Expires),
		Holder: holderJSON{c.Holder.Name, c.Holder.Class, c.Holder.LastTwo, hex.EncodeToString(c.Holder.Tag[:])},
		List:   c.Ref.List, Index: c.Ref.Index, Exemptions: c.Exemptions,
	}
	if s := c.Status; s != nil {
		out.Status = &statusJSON{s.State, s.Rule, rfc3339(c.Determined())}
	}
	for _, t := range c.Tests {
		out.Tests = append(out.Tests, testJSON{t.Kind, t.Result, rfc3339(c.Reported(t)), t.Laboratory})
	}
	for _, v := range c.Vaccinations {
		day := time.Unix(DayStart(int64(v.Day)), 0).In(ChinaTime).Format(time.DateOnly)
		out.Vaccinations = append(out.Vaccinations, vaccinationJSON{v.Product, v.Dose, v.Course, day})
	}
	if o := c.Origin; o != nil {
		out.Origin = &originJSON{o.Region, hex.EncodeToString(o.KeyID[:])}
	}
	return out
}

func rfc3339(unix int64) string {
	return time.Unix(unix, 0).In(ChinaTime).Format(time.RFC3339)
}
