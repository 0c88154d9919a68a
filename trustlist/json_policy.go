//go:build !js

package trustlist

import "encoding/json"

// MarshalJSON returns the edition for people to read.
func (e Edition) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		EffectiveFrom  stamp         `json:"effective_from"`
		EmergencyUntil stamp         `json:"emergency_until,omitzero"`
		Ladder         *Ladder       `json:"ladder,omitempty"`
		Classes        []ClassPolicy `json:"classes,omitempty"`
	}{stamp(e.EffectiveFrom), stamp(e.EmergencyUntil), e.Ladder, e.Classes})
}

// MarshalJSON returns the rule for people to read.
func (r Rule) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Number  uint16   `json:"number"`
		Name    string   `json:"name"`
		Text    string   `json:"text"`
		States  []uint16 `json:"states"`
		Longest uint32   `json:"longest_seconds"`
		From    stamp    `json:"from"`
		Until   stamp    `json:"until,omitzero"`
	}{r.Number, r.Name, r.Text, r.States, r.Longest, stamp(r.From), stamp(r.Until)})
}

// MarshalJSON returns the policy for people to read.
func (p *Policy) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		headJSON
		Editions []Edition  `json:"editions"`
		Rules    []Rule     `json:"rules,omitempty"`
		Names    []CodeName `json:"names,omitempty"`
	}{headOf(p), p.Editions, p.Rules, p.Names})
}

// MarshalJSON returns the edition for people to read.
func (e OverlayEdition) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		EffectiveFrom  stamp         `json:"effective_from"`
		EmergencyUntil stamp         `json:"emergency_until,omitzero"`
		Classes        []ClassDemand `json:"classes,omitempty"`
	}{stamp(e.EffectiveFrom), stamp(e.EmergencyUntil), e.Classes})
}

// MarshalJSON returns the overlay for people to read.
func (o *Overlay) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		headJSON
		Editions []OverlayEdition `json:"editions"`
	}{headOf(o), o.Editions})
}

// MarshalJSON returns the reference for people to read.
func (p PartRef) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Version Version  `json:"version"`
		Hash    hexBytes `json:"hash"`
	}{p.Version, p.Hash[:]})
}

// MarshalJSON returns the snapshot for people to read.
func (s *Snapshot) MarshalJSON() ([]byte, error) {
	var status hexBytes
	if s.Status != nil {
		status = s.Status[:]
	}
	return json.Marshal(struct {
		headJSON
		KeySet  PartRef  `json:"keyset"`
		Overlay *PartRef `json:"overlay,omitempty"`
		Status  hexBytes `json:"status_hash,omitempty"`
	}{headOf(s), s.KeySet, s.Overlay, status})
}

// setJSON is a set of a status list by its size.
type setJSON struct {
	Members uint32 `json:"members"`
	Bytes   int    `json:"bytes"`
}

func sizeOf(s StatusSet) setJSON { return setJSON{s.Members, len(s.Encoded)} }

// MarshalJSON returns the sizes of the list for people to read.
func (s *StatusList) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		headJSON
		List       uint32  `json:"list"`
		Revoked    setJSON `json:"revoked"`
		Superseded setJSON `json:"superseded"`
		Suspended  setJSON `json:"suspended"`
	}{headOf(s), s.List, sizeOf(s.Revoked), sizeOf(s.Superseded), sizeOf(s.Suspended)})
}

// MarshalJSON returns the sizes of the change for people to read.
func (c StatusChange) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		List      uint32 `json:"list"`
		Additions int    `json:"addition_bytes"`
		Removals  int    `json:"removal_bytes,omitempty"`
	}{c.List, len(c.Additions), len(c.Removals)})
}

// MarshalJSON returns the delta for people to read.
func (d *StatusDelta) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		headJSON
		Base    hexBytes       `json:"base"`
		Result  hexBytes       `json:"result"`
		Changes []StatusChange `json:"changes"`
	}{headOf(d), d.Base[:], d.Result[:], d.Changes})
}

// MarshalJSON returns the request for people to read.
func (a *Admission) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		headJSON
		Name      string    `json:"name"`
		Authority string    `json:"authority"`
		Appeal    string    `json:"appeal"`
		RulesHash hexBytes  `json:"rules_hash"`
		Usage     string    `json:"usage"`
		Threshold uint8     `json:"threshold"`
		Keys      []keyJSON `json:"keys"`
	}{headOf(a), a.Name, a.Authority, a.Appeal, a.RulesHash[:], a.Usage.String(), a.Threshold, keysJSON(a.Keys)})
}

// MarshalJSON returns the fault for people to read.
func (e *RegionError) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Region string `json:"region"`
		Error  string `json:"error"`
	}{e.Region, e.Err.Error()})
}

// MarshalJSON returns what is held aside for people to read.
func (h HeldAside) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Region string `json:"region"`
		Kind   Kind   `json:"kind"`
		Issued stamp  `json:"issued"`
	}{h.Region, h.Kind, stamp(h.Issued)})
}

type regionJSON struct {
	Code         string       `json:"code"`
	Name         string       `json:"name"`
	Authority    string       `json:"authority"`
	Appeal       string       `json:"appeal"`
	RulesHash    hexBytes     `json:"rules_hash"`
	Usage        string       `json:"usage"`
	Unavailable  string       `json:"unavailable,omitempty"`
	KeySet       Version      `json:"keyset"`
	Keys         []Key        `json:"keys"`
	Laboratories []Laboratory `json:"laboratories,omitempty"`
	Overlay      *Overlay     `json:"overlay,omitempty"`
	Snapshot     *Snapshot    `json:"snapshot,omitempty"`
	StatusLists  []uint32     `json:"status_lists,omitempty"`
	StatusBehind bool         `json:"status_behind,omitempty"`
}

// MarshalJSON returns the region with its keys for people to read.
func (r *Region) MarshalJSON() ([]byte, error) {
	j := regionJSON{
		Code: r.Code, Name: r.Name, Authority: r.Authority, Appeal: r.Appeal, RulesHash: r.RulesHash[:],
		Usage: r.Usage.String(), KeySet: r.KeySetVersion, Keys: r.Keys(), Laboratories: r.Laboratories(),
		Overlay: r.overlay, Snapshot: r.snapshot, StatusLists: r.StatusLists(), StatusBehind: r.listsBehind,
	}
	if r.unavailable != nil {
		j.Unavailable = r.unavailable.Error()
	}
	return json.Marshal(j)
}

// MarshalJSON returns the document's identity for people to read, null for the
// zero DocumentInfo.
func (d DocumentInfo) MarshalJSON() ([]byte, error) {
	if d.Version.IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(struct {
		Version Version  `json:"version"`
		Issued  stamp    `json:"issued"`
		Due     stamp    `json:"due,omitzero"`
		Hash    hexBytes `json:"hash"`
	}{d.Version, stamp(d.Issued), stamp(d.Due), d.Hash[:]})
}

// MarshalJSON returns everything in force for people to read.
func (t *Trust) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Root         DocumentInfo `json:"root"`
		List         DocumentInfo `json:"list"`
		Policy       DocumentInfo `json:"policy"`
		Floor        stamp        `json:"floor"`
		ProgrammeEnd stamp        `json:"programme_end,omitzero"`
		Regions      []*Region    `json:"regions"`
	}{t.Root(), t.List(), t.PolicyInfo(), stamp(t.floor), stamp(t.end), t.sorted})
}
