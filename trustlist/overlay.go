package trustlist

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/tongxing/tongxing/format/cborx"
)

// Overlay is a region's own requirements, which lie between the national floor
// and ceiling.
type Overlay struct {
	RegionalHead
	Editions []OverlayEdition `cbor:"5,keyasint"`
}

// OverlayEdition is the overlay from EffectiveFrom until the next edition takes
// effect.
type OverlayEdition struct {
	EffectiveFrom  int64         `cbor:"1,keyasint"`           // unix seconds
	EmergencyUntil int64         `cbor:"2,keyasint,omitempty"` // unix seconds; 0: no emergency
	Classes        []ClassDemand `cbor:"3,keyasint,omitempty"`
}

// ClassDemand is what a region asks for at one class of venues.
type ClassDemand struct {
	_      struct{} `cbor:",toarray"`
	Class  uint16   `json:"class"`
	Demand Demand   `json:"demand"`
}

// Kind returns [KindOverlay].
func (*Overlay) Kind() Kind { return KindOverlay }

func (o *Overlay) encode() ([]byte, error)     { return cborx.Marshal(o) }
func (o *Overlay) decode(payload []byte) error { return cborx.Unmarshal(payload, o) }

func (o *Overlay) canonical() Document {
	c := *o
	c.Editions = slices.Clone(o.Editions)
	for i := range c.Editions {
		e := &c.Editions[i]
		e.Classes = slices.Clone(e.Classes)
		for j := range e.Classes {
			e.Classes[j].Demand = e.Classes[j].Demand.canonical()
		}
		slices.SortFunc(e.Classes, compareClassDemands)
	}
	slices.SortFunc(c.Editions, compareOverlayEditions)
	return &c
}

func compareClassDemands(a, b ClassDemand) int { return cmp.Compare(a.Class, b.Class) }

func compareOverlayEditions(a, b OverlayEdition) int {
	return cmp.Compare(a.EffectiveFrom, b.EffectiveFrom)
}

func (o *Overlay) validate() error {
	if err := o.validateHead(); err != nil {
		return err
	}
	if err := checkCount("editions", len(o.Editions), 1, maxEditions); err != nil {
		return err
	}
	if err := checkAscending("editions", o.Editions, compareOverlayEditions); err != nil {
		return err
	}
	for i := range o.Editions {
		e, field := &o.Editions[i], fmt.Sprintf("editions[%d]", i)
		if err := checkEffective(field, e.EffectiveFrom, e.EmergencyUntil); err != nil {
			return err
		}
		if err := checkCount(field+".classes", len(e.Classes), 0, maxClasses); err != nil {
			return err
		}
		if err := checkAscending(field+".classes", e.Classes, compareClassDemands); err != nil {
			return err
		}
		for j := range e.Classes {
			if err := e.Classes[j].Demand.validate(fmt.Sprintf("%s.classes[%d].demand", field, j)); err != nil {
				return err
			}
		}
	}
	return nil
}
