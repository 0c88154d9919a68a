package publish

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/tongxing/tongxing/trustlist"
)

// A policy and an overlay are drafted from JSON, in the form in which they are
// shown (trust show --json), so that what is in force can be edited into what
// follows:
//
//	{"editions":[{"effective_from":"2022-08-04T00:00:00+08:00",
//	  "classes":[{"class":1,
//	    "floor":  {"pass":[0],"restrict":[2],"no_status":"check","no_list":"check"},
//	    "ceiling":{"pass":[0],"restrict":[2],"no_status":"check",
//	               "requirement":{"op":"test","arguments":[1,172800]}}}]}]}
//
// kind, region, version and issued are passed over: the draft has its own.

// ErrPolicyFile reports a text that is no policy or overlay in JSON. The detail
// says what is wrong with it.
var ErrPolicyFile = errors.New("publish: not a policy in JSON")

// ParsePolicy reads a policy from JSON. Its content is not judged; see
// [NewPolicy] and [NewDraft]. Errors are [ErrPolicyFile].
func ParsePolicy(data []byte) (*trustlist.Policy, error) {
	var f struct {
		headFields
		Editions []editionFile `json:"editions"`
		Rules    []ruleFile    `json:"rules"`
		Names    []nameFile    `json:"names"`
	}
	if err := parseStrict(data, &f); err != nil {
		return nil, err
	}
	p := &trustlist.Policy{Head: trustlist.Head{Due: int64(f.Due)}}
	for _, e := range f.Editions {
		p.Editions = append(p.Editions, e.edition())
	}
	for _, r := range f.Rules {
		p.Rules = append(p.Rules, trustlist.Rule{Number: r.Number, Name: r.Name, Text: r.Text, States: r.States,
			Longest: r.Longest, From: int64(r.From), Until: int64(r.Until)})
	}
	for _, n := range f.Names {
		p.Names = append(p.Names, trustlist.CodeName{Table: n.Table, Number: n.Number, Chinese: n.Chinese, English: n.English})
	}
	return p, nil
}

// ParseOverlay reads an overlay from JSON, as [ParsePolicy] does a policy.
func ParseOverlay(data []byte) (*trustlist.Overlay, error) {
	var f struct {
		headFields
		Editions []struct {
			EffectiveFrom  jsonTime `json:"effective_from"`
			EmergencyUntil jsonTime `json:"emergency_until"`
			Classes        []struct {
				Class  uint16     `json:"class"`
				Demand demandFile `json:"demand"`
			} `json:"classes"`
		} `json:"editions"`
	}
	if err := parseStrict(data, &f); err != nil {
		return nil, err
	}
	o := new(trustlist.Overlay)
	o.Due = int64(f.Due)
	for _, e := range f.Editions {
		edition := trustlist.OverlayEdition{EffectiveFrom: int64(e.EffectiveFrom), EmergencyUntil: int64(e.EmergencyUntil)}
		for _, c := range e.Classes {
			edition.Classes = append(edition.Classes, trustlist.ClassDemand{Class: c.Class, Demand: c.Demand.demand()})
		}
		o.Editions = append(o.Editions, edition)
	}
	return o, nil
}

type headFields struct {
	Kind    string   `json:"kind"`
	Region  string   `json:"region"`
	Version string   `json:"version"`
	Issued  jsonTime `json:"issued"`
	Due     jsonTime `json:"due"`
}

type editionFile struct {
	EffectiveFrom  jsonTime    `json:"effective_from"`
	EmergencyUntil jsonTime    `json:"emergency_until"`
	Ladder         *ladderFile `json:"ladder"`
	Classes        []struct {
		Class   uint16     `json:"class"`
		Floor   demandFile `json:"floor"`
		Ceiling demandFile `json:"ceiling"`
	} `json:"classes"`
}

func (e *editionFile) edition() trustlist.Edition {
	edition := trustlist.Edition{EffectiveFrom: int64(e.EffectiveFrom), EmergencyUntil: int64(e.EmergencyUntil)}
	if e.Ladder != nil {
		edition.Ladder = &trustlist.Ladder{Fresh: e.Ladder.Fresh, ShortLived: e.Ladder.ShortLived, All: e.Ladder.All}
	}
	for _, c := range e.Classes {
		edition.Classes = append(edition.Classes, trustlist.ClassPolicy{Class: c.Class, Floor: c.Floor.demand(), Ceiling: c.Ceiling.demand()})
	}
	return edition
}

type ladderFile struct {
	Fresh      uint32 `json:"fresh"`
	ShortLived uint32 `json:"short_lived"`
	All        uint32 `json:"all"`
}

type demandFile struct {
	Pass        []uint16         `json:"pass"`
	Check       []uint16         `json:"check"`
	Restrict    []uint16         `json:"restrict"`
	NoStatus    noStatus         `json:"no_status"`
	Requirement *requirementFile `json:"requirement"`
	NoList      noStatus         `json:"no_list"`
}

func (d *demandFile) demand() trustlist.Demand {
	demand := trustlist.Demand{Pass: d.Pass, Check: d.Check, Restrict: d.Restrict, NoStatus: trustlist.NoStatus(d.NoStatus),
		NoList: trustlist.NoList(d.NoList)}
	if d.Requirement != nil {
		requirement := d.Requirement.requirement()
		demand.Requirement = &requirement
	}
	return demand
}

type requirementFile struct {
	Op        op                `json:"op"`
	Arguments []uint32          `json:"arguments"`
	Of        []requirementFile `json:"of"`
}

func (r *requirementFile) requirement() trustlist.Requirement {
	out := trustlist.Requirement{Op: trustlist.Op(r.Op), Arguments: r.Arguments}
	for i := range r.Of {
		out.Of = append(out.Of, r.Of[i].requirement())
	}
	return out
}

type ruleFile struct {
	Number  uint16   `json:"number"`
	Name    string   `json:"name"`
	Text    string   `json:"text"`
	States  []uint16 `json:"states"`
	Longest uint32   `json:"longest_seconds"`
	From    jsonTime `json:"from"`
	Until   jsonTime `json:"until"`
}

type nameFile struct {
	Table   trustlist.Table `json:"table"`
	Number  uint16          `json:"number"`
	Chinese string          `json:"zh"`
	English string          `json:"en"`
}

// jsonTime is a time in unix seconds, RFC 3339 in JSON.
type jsonTime int64

func (t *jsonTime) UnmarshalText(text []byte) error {
	parsed, err := time.Parse(time.RFC3339, string(text))
	*t = jsonTime(parsed.Unix())
	return err
}

type noStatus trustlist.NoStatus

func (n *noStatus) UnmarshalText(text []byte) error {
	for _, known := range []trustlist.NoStatus{trustlist.NoStatusCheck, trustlist.NoStatusPass} {
		if known.String() == string(text) {
			*n = noStatus(known)
			return nil
		}
	}
	return fmt.Errorf("%q is neither check nor pass", text)
}

type op trustlist.Op

func (o *op) UnmarshalText(text []byte) error {
	for known := trustlist.AllOf; known <= trustlist.Exempt; known++ {
		if known.String() == string(text) {
			*o = op(known)
			return nil
		}
	}
	return fmt.Errorf("op %q is unknown", text)
}

// parseStrict reads one JSON value without unknown fields and without a field
// that stands twice: somebody signs what this says.
func parseStrict(data []byte, into any) error {
	if len(data) > maxFile {
		return fmt.Errorf("%w: %d bytes", ErrPolicyFile, len(data))
	}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := onceEach(d); err != nil {
		return fmt.Errorf("%w: %w", ErrPolicyFile, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something stands behind it", ErrPolicyFile)
	}
	d = json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %w", ErrPolicyFile, err)
	}
	return nil
}

// onceEach reads one value and refuses a name that stands twice in an object, in
// whatever case: the decoder would take the last.
func onceEach(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	open, nested := token.(json.Delim)
	if !nested {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			text, _ := name.(string)
			if folded := string(bytes.ToLower([]byte(text))); seen[folded] || folded != text {
				return fmt.Errorf("the name %q stands twice, or in capitals", text)
			}
			seen[text] = true
		}
		if err := onceEach(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}
