//go:build !js

package trustlist

import "encoding/json"

// MarshalJSON returns the inspection for people to read; ages are in seconds.
func (i *Inspection) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Clock        stamp              `json:"clock,omitzero"`
		Effective    stamp              `json:"effective"`
		Floor        stamp              `json:"floor"`
		AgesFrom     stamp              `json:"ages_from"`
		Age          int64              `json:"age"`
		Freshness    Freshness          `json:"freshness"`
		Ladder       Ladder             `json:"ladder"`
		NextStep     stamp              `json:"next_step,omitzero"`
		ProgrammeEnd stamp              `json:"programme_end,omitzero"`
		Documents    []DocumentStanding `json:"documents"`
		Lacks        []Lack             `json:"lacks,omitempty"`
		Regions      []RegionStanding   `json:"regions"`
	}{stamp(i.Clock), stamp(i.Effective), stamp(i.Floor), stamp(i.AgesFrom), i.Age, i.Freshness, i.Ladder,
		stamp(i.NextStep), stamp(i.ProgrammeEnd), i.Documents, i.Lacks, i.Regions})
}

// MarshalJSON returns the document in force for people to read; its age is in
// seconds.
func (d DocumentStanding) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Kind       Kind     `json:"kind"`
		Region     string   `json:"region,omitempty"`
		List       *uint32  `json:"list,omitempty"`
		Version    Version  `json:"version"`
		Hash       hexBytes `json:"hash"`
		Issued     stamp    `json:"issued"`
		Age        int64    `json:"age"`
		Due        stamp    `json:"due,omitzero"`
		Overdue    bool     `json:"overdue"`
		Signers    int      `json:"signers"`
		HoldsFloor bool     `json:"holds_floor,omitempty"`
	}{d.Kind, d.Region, listNumber(d.Kind, d.List), d.Version, d.Hash[:], stamp(d.Issued), d.Age,
		stamp(d.Due), d.Overdue, d.Signers, d.HoldsFloor})
}

// MarshalJSON returns what is lacking for people to read.
func (l Lack) MarshalJSON() ([]byte, error) {
	j := struct {
		Kind   Kind     `json:"kind"`
		Region string   `json:"region,omitempty"`
		List   *uint32  `json:"list,omitempty"`
		Known  *Version `json:"known,omitempty"`
	}{Kind: l.Kind, Region: l.Region, List: listNumber(l.Kind, l.List)}
	if !l.Known.IsZero() {
		j.Known = &l.Known
	}
	return json.Marshal(j)
}

// listNumber is the number of a status list, which can be 0, nil of anything
// else.
func listNumber(kind Kind, number uint32) *uint32 {
	if kind != KindStatusList {
		return nil
	}
	return &number
}

// MarshalJSON returns how the region stands for people to read.
func (r RegionStanding) MarshalJSON() ([]byte, error) {
	j := struct {
		Code         string `json:"code"`
		Name         string `json:"name"`
		Available    bool   `json:"available"`
		Why          string `json:"why,omitempty"`
		StatusBehind bool   `json:"status_behind,omitempty"`
		ActiveKeys   int    `json:"active_keys"`
		KeysUntil    stamp  `json:"keys_until,omitzero"`
	}{Code: r.Code, Name: r.Name, Available: r.Available(), StatusBehind: r.StatusBehind,
		ActiveKeys: r.ActiveKeys, KeysUntil: stamp(r.KeysUntil)}
	if r.Unavailable != nil {
		j.Why = r.Unavailable.Error()
	}
	return json.Marshal(j)
}
