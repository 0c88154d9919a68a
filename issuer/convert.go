package issuer

import (
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// The refusals of conversions, beside those of records.
const (
	RefusedConversionSource  Refusal = "conversion_source"  // our own code, or one that was converted itself
	RefusedConversionAdverse Refusal = "conversion_adverse" // its state restricts: this region determines that by itself
	RefusedConversionOver    Refusal = "conversion_over"    // nothing of it holds any more
	RefusedHolder            Refusal = "holder"             // the code is not of the document's person
)

// Source is a credential of another region that was verified.
type Source struct {
	Credential *format.Credential
	KeyID      [sig.KeyIDSize]byte // of the key that signed it
}

// DraftConversion is [Issuer.Draft] for a credential of another region that its
// holder brings (转码): the person of p, of whom name and document alone are read,
// and the claims of the source, with the moments of its determination and reports.
// It ends no later than the source does, and says whose it was. Whether the source
// is to be believed, and its key not compromised, is for the caller to have found
// out; the error is a *[RefusalError].
func (i *Issuer) DraftConversion(p *record.Record, source Source, at time.Time) (*Draft, error) {
	if i.programmeEnd != 0 && at.Unix() >= i.programmeEnd {
		return nil, refuse(RefusedProgrammeEnded, "the programme has ended: no code is needed any more", nil)
	}
	d, err := i.conversionOf(p, source, at)
	if err != nil {
		return nil, err
	}
	needed := trustlist.UsageNeeded(&d.credential)
	if needed == 0 {
		return nil, refuse(RefusedConversionOver, "nothing of the code holds any more", nil)
	}
	if d.key, err = i.keyFor(&d.credential, needed); err != nil {
		return nil, err
	}
	return d, nil
}

// conversionOf is DraftConversion without the choice of a key.
func (i *Issuer) conversionOf(p *record.Record, source Source, at time.Time) (*Draft, error) {
	c := source.Credential
	switch {
	case c.Issuer == i.region.Code || c.Origin != nil:
		return nil, refuse(RefusedConversionSource, "only what another region issued by itself is converted", nil)
	case c.Status != nil && c.Status.State != spec.StateGreen:
		return nil, refuse(RefusedConversionAdverse, "an adverse state is not converted", nil)
	case c.Expires <= at.Unix():
		return nil, refuse(RefusedConversionOver, "the code has expired", nil)
	}
	person := record.Record{Name: p.Name, DocumentType: p.DocumentType, DocumentNumber: p.DocumentNumber}
	if err := person.Validate(); err != nil {
		return nil, Faulty(err)
	}
	d := &Draft{credential: format.Credential{
		Issuer: i.region.Code, IssuedAt: at.Unix(),
		Expires: min(at.Add(i.lifetime).Unix(), c.Expires),
		Origin:  &format.Origin{Region: c.Issuer, KeyID: source.KeyID},
	}}
	var err error
	if d.document, err = document(&person); err != nil {
		return nil, err
	}
	if d.name, err = format.MaskName(p.Name); err != nil || d.name != c.Holder.Name || !d.SameHolder(c) {
		return nil, refuse(RefusedHolder, "the code is not of the person of the document", err)
	}
	if err := d.takeClaims(c); err != nil {
		return nil, err
	}
	return d, nil
}

// takeClaims copies what a source says, counted from the draft's own time.
func (d *Draft) takeClaims(c *format.Credential) error {
	iat := d.credential.IssuedAt
	if c.Status != nil {
		minutes, err := format.MinutesBefore(iat, c.Determined())
		if err != nil {
			return refuse(RefusedTooOld, "the status was determined more than 30 days ago", err)
		}
		d.status = format.Status{State: c.Status.State, Rule: c.Status.Rule, Minutes: minutes}
		d.credential.Status = &d.status
	}
	for _, t := range c.Tests {
		minutes, err := format.MinutesBefore(iat, c.Reported(t))
		if err != nil {
			continue // older than any requirement
		}
		t.Minutes = minutes
		d.credential.Tests = append(d.credential.Tests, t)
	}
	d.credential.Vaccinations = append(d.credential.Vaccinations, c.Vaccinations...)
	d.credential.Exemptions = append(d.credential.Exemptions, c.Exemptions...)
	return nil
}
