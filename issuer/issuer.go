package issuer

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tongxing/tongxing/format"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/issuer/record"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/trustlist"
)

// DefaultLifetime is how long a credential lasts when nothing in it ends sooner.
const DefaultLifetime = 7 * 24 * time.Hour

// MaxLifetime bounds a credential's life: what is reported longer ago than this
// cannot be carried, so nothing should live longer.
const MaxLifetime = 366 * 24 * time.Hour

// signingKey is a private key with what the region's key set lets it sign.
type signingKey struct {
	signer    sig.Signer
	published *trustlist.Key
}

// Options of an Issuer.
type Options struct {
	// Region is the issuing region as the trust list has it: its code, the
	// usage granted and, through Keys, the key set.
	Region *trustlist.Region
	// Keys are the keys at hand; the first that may sign a credential signs it.
	// A key for green codes alone therefore comes before one for adverse
	// states.
	Keys []sig.Signer
	// Lifetime is how long a credential lasts at most; 0 is DefaultLifetime.
	Lifetime time.Duration
	// ProgrammeEnd is when the trust list ends the programme, in Unix seconds;
	// 0 is never. From then on nothing is signed.
	ProgrammeEnd int64
	// Policy is the national policy of the same trust material, which publishes the
	// rules for states: an adverse status that none of them covers is refused. nil is
	// none, and every adverse status is refused, as every venue would.
	Policy *trustlist.Policy
	// Check verifies what was signed, and is the same for every Issuer of a
	// process; nil is one of its own.
	Check *Check
}

// Issuer signs credentials of one region. It is immutable and safe for
// concurrent use.
type Issuer struct {
	region       *trustlist.Region
	held         []sig.Signer // all that were given
	keys         []signingKey // those of them that may sign
	lifetime     time.Duration
	programmeEnd int64
	policy       *trustlist.Policy // may be nil
	check        *Check
}

// New returns an Issuer. It refuses options under which codes would be signed
// that every venue refuses: a region without a usable key set, a key that is not
// in it or no longer active.
func New(options Options) (*Issuer, error) {
	region := options.Region
	if region == nil {
		return nil, errors.New("issuer: no region: the trust list does not name it")
	}
	if err := region.Available(); err != nil {
		return nil, fmt.Errorf("issuer: region %s has no usable key set: %w", region.Code, err)
	}
	if len(options.Keys) == 0 {
		return nil, errors.New("issuer: no key to sign with")
	}
	lifetime := options.Lifetime
	if lifetime == 0 {
		lifetime = DefaultLifetime
	}
	if lifetime < time.Minute || lifetime > MaxLifetime {
		return nil, fmt.Errorf("issuer: lifetime %v is not between one minute and 366 days", lifetime)
	}
	check := options.Check
	if check == nil {
		var err error
		if check, err = NewCheck(CheckOptions{}); err != nil {
			return nil, err
		}
	}
	i := &Issuer{region: region, held: slices.Clone(options.Keys), lifetime: lifetime, programmeEnd: options.ProgrammeEnd, policy: options.Policy, check: check}
	for _, signer := range options.Keys {
		published, ok := region.Key(signer.PublicKey().KeyID())
		if !ok || !published.Public.Equal(signer.PublicKey()) {
			return nil, fmt.Errorf("issuer: key %s is not in the key set of region %s", signer.PublicKey(), region.Code)
		}
		if published.State != trustlist.Active {
			return nil, fmt.Errorf("issuer: key %s is %s", signer.PublicKey(), published.State)
		}
		i.keys = append(i.keys, signingKey{signer, published})
	}
	return i, nil
}

// Region returns the code of the issuing region.
func (i *Issuer) Region() string { return i.region.Code }

// Draft is a credential that lacks its reference: everything that depends on the
// record and the time alone.
type Draft struct {
	credential format.Credential
	status     format.Status // the credential's, if it has one
	name       string        // masked
	document   format.Document
	key        signingKey
}

// Format implements [fmt.Formatter] for every verb, without the person.
func (d Draft) Format(f fmt.State, _ rune) {
	fmt.Fprintf(f, "draft of region %s until %d", d.credential.Issuer, d.credential.Expires)
}

// Expires returns when the credential will expire, in Unix seconds. Its month at
// UTC+8 decides which lists its reference may be in.
func (d *Draft) Expires() int64 { return d.credential.Expires }

// KeyID returns the identifier of the key that will sign.
func (d *Draft) KeyID() [sig.KeyIDSize]byte { return d.key.published.Public.KeyID() }

// Issued is a signed credential.
type Issued struct {
	Data      []byte // tagged COSE_Sign1
	Ref       format.Ref
	KeyID     [sig.KeyIDSize]byte
	IssuedAt  int64
	ExpiresAt int64
}

// Draft decides which claims of the record go into a credential issued at the
// given time, when it expires and which key signs it. A status, test or
// exemption that has run out is left out; an adverse status that no published rule
// covers at that time is refused (RefusedRuleNotPublished, with a *[RuleError]). The
// error is a *[RefusalError].
func (i *Issuer) Draft(r *record.Record, at time.Time) (*Draft, error) {
	d := &Draft{}
	if err := i.DraftTo(d, r, at); err != nil {
		return nil, err
	}
	return d, nil
}

// DraftTo is [Issuer.Draft] over a draft that is needed no more, in its memory.
// After an error d is no draft.
func (i *Issuer) DraftTo(d *Draft, r *record.Record, at time.Time) error {
	if i.programmeEnd != 0 && at.Unix() >= i.programmeEnd {
		return refuse(RefusedProgrammeEnded, "the programme has ended: no code is needed any more", nil)
	}
	if err := i.claimsOf(d, r, at); err != nil {
		return err
	}
	needed := trustlist.UsageNeeded(&d.credential)
	if needed == 0 {
		return refuse(RefusedNoClaim, "no status, test, vaccination or exemption holds", nil)
	}
	err := i.covered(&d.credential)
	if err != nil {
		return err
	}
	d.key, err = i.keyFor(&d.credential, needed)
	return err
}

// claimsOf is DraftTo without the choice of a key.
func (i *Issuer) claimsOf(d *Draft, r *record.Record, at time.Time) error {
	if err := r.Validate(); err != nil {
		return Faulty(err)
	}
	before := &d.credential
	*d = Draft{credential: format.Credential{
		Issuer:       i.region.Code,
		IssuedAt:     at.Unix(),
		Expires:      at.Add(i.lifetime).Unix(),
		Tests:        before.Tests[:0],
		Vaccinations: before.Vaccinations[:0],
		Exemptions:   before.Exemptions[:0],
	}}
	var err error
	if d.document, err = document(r); err != nil {
		return err
	}
	if d.name, err = format.MaskName(r.Name); err != nil {
		return refuseField(RefusedName, "name", "the name cannot be masked", err)
	}
	for _, fill := range [...]func(*Draft, *record.Record) error{
		fillStatus, fillTests, fillVaccinations, fillExemptions,
	} {
		if err := fill(d, r); err != nil {
			return err
		}
	}
	return nil
}

func document(r *record.Record) (format.Document, error) {
	documentType, ok := spec.DocumentTypeByNumber(r.DocumentType)
	if !ok {
		return format.Document{}, refuseField(RefusedDocument, "document_type", "document type is not in the table", nil)
	}
	document, err := format.NewDocument(documentType.Class, r.DocumentNumber)
	if err != nil {
		return format.Document{}, refuseField(RefusedDocument, "document_number", "document number", err)
	}
	return document, nil
}

// keyFor returns the first key that may sign all that is needed at iat, and
// whose signature venues will accept.
func (i *Issuer) keyFor(c *format.Credential, needed trustlist.Usage) (signingKey, error) {
	if missing := needed &^ i.region.UsageAt(c.IssuedAt); missing != 0 {
		return signingKey{}, refuse(RefusedNoKey, fmt.Sprintf("the trust list does not grant region %s %s", i.region.Code, missing), nil)
	}
	var have trustlist.Usage
	for _, key := range i.keys {
		p := key.published
		if c.IssuedAt < p.SignFrom || c.IssuedAt >= p.SignUntil {
			continue
		}
		have |= p.Usage
		admitted := !slices.ContainsFunc(c.Tests, func(t format.Test) bool { return !p.AdmitsLaboratory(t.Laboratory) })
		if p.Usage.Has(needed) && admitted {
			return key, nil
		}
	}
	if have == 0 {
		return signingKey{}, refuse(RefusedNoKey, "no key is in its signing period", nil)
	}
	return signingKey{}, refuse(RefusedNoKey, fmt.Sprintf("needed %s, and no single key at hand may sign that", needed), nil)
}

// Sign gives the draft its reference, signs it, and verifies the signature before
// it returns. The list of ref must be of the month in which the draft expires; ref
// must never have been used before, which the registry answers for. A signature
// that does not verify stops the key: from then on the error is a
// *[KeyStoppedError], as it is of every other Issuer with the same Check.
//
// Verifying takes four times as long as signing does (SM2): bulk work is signed in
// a [Chunk].
func (i *Issuer) Sign(d *Draft, ref format.Ref) (Issued, error) {
	issued, err := i.sign(d, ref)
	if err != nil {
		return Issued{}, err
	}
	if err := i.check.first(issued.Data, d.key.published.Public); err != nil {
		return Issued{}, err
	}
	return issued, nil
}

// sign signs with a key that is not stopped, and verifies nothing.
func (i *Issuer) sign(d *Draft, ref format.Ref) (Issued, error) {
	if err := i.check.allows(d.key.published.Public); err != nil {
		return Issued{}, err
	}
	return d.encode(ref, d.key.signer)
}

// encode returns the credential with what signer says is its signature.
func (d *Draft) encode(ref format.Ref, signer sig.Signer) (Issued, error) {
	c, err := d.at(ref)
	if err != nil {
		return Issued{}, refuseField(RefusedName, "name", "holder", err)
	}
	data, err := format.Encode(&c, signer)
	if err != nil {
		return Issued{}, fmt.Errorf("issuer: %w", err)
	}
	return Issued{Data: data, Ref: ref, KeyID: d.KeyID(), IssuedAt: c.IssuedAt, ExpiresAt: c.Expires}, nil
}

// at returns the draft's credential with its reference.
func (d *Draft) at(ref format.Ref) (format.Credential, error) {
	c := d.credential
	c.Ref = ref
	var err error
	c.Holder, err = format.NewHolder(c.Issuer, ref, d.name, d.document)
	return c, err
}

// Matches reports whether data is a credential that Sign made, or could have
// made, of the draft and ref: its payload is the same. It looks at no signature.
func (d *Draft) Matches(data []byte, ref format.Ref) bool {
	message, err := cose.ParseSign1(data)
	if err != nil {
		return false
	}
	c, err := d.at(ref)
	if err != nil {
		return false
	}
	payload, err := format.EncodePayload(&c)
	return err == nil && bytes.Equal(payload, message.UnverifiedPayload())
}

// Holds reports whether data is a credential that was signed for the draft and ref
// with the draft's key: it [Draft.Matches], and its signature verifies.
func (d *Draft) Holds(data []byte, ref format.Ref) bool {
	if !d.Matches(data, ref) {
		return false
	}
	unverified, err := format.Parse(data)
	if err != nil {
		return false
	}
	_, err = unverified.Verify(d.key.published.Public)
	return err == nil
}
