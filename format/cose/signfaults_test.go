package cose_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
)

// signParts is a COSE_Sign taken apart, its elements encoded.
type signParts struct{ protected, unprotected, payload, signatures []byte }

func (m signParts) bytes() []byte {
	return cat([]byte{0xd8, 98, 0x84}, m.protected, m.unprotected, m.payload, m.signatures)
}

// signMaker makes documents with one element that is not as it should be.
type signMaker struct {
	signature      cose.Signature
	text           []byte // typ
	alg, id, value []byte // of the signature
	header, good   []byte // the signature's protected header, and the signature
}

func newSignMaker(t testing.TB) signMaker {
	t.Helper()
	list, _ := signers(1)
	s := signedBy(t, typ, payload, list...).Signatures()[0]
	m := signMaker{signature: s, text: cborx.AppendText(nil, typ), alg: algorithmOf(s.Algorithm), id: bstr(s.KeyID[:]...), value: bstr(s.Value...)}
	m.header = bstr(header(m.alg, m.id)...)
	m.good = entry(m.header, []byte{0xa0}, m.value)
	if _, err := cose.ParseSign(m.message(func(*signParts) {})); err != nil {
		t.Fatal(err)
	}
	return m
}

func entry(parts ...[]byte) []byte {
	return cat(cborx.AppendArray(nil, len(parts)), cat(parts...))
}

func (m signMaker) message(change func(*signParts)) []byte {
	parts := signParts{
		protected:   bstr(cat([]byte{0xa1, 0x10}, m.text)...),
		unprotected: []byte{0xa0}, payload: bstr(payload...), signatures: cat([]byte{0x81}, m.good),
	}
	change(&parts)
	return parts.bytes()
}

// body has another protected header of the document.
func (m signMaker) body(protected []byte) []byte {
	return m.message(func(p *signParts) { p.protected = bstr(protected...) })
}

// one has another signature.
func (m signMaker) one(entry []byte) []byte {
	return m.message(func(p *signParts) { p.signatures = cat([]byte{0x81}, entry) })
}

// with has another protected header of the signature.
func (m signMaker) with(protected []byte) []byte {
	return m.one(entry(bstr(protected...), []byte{0xa0}, m.value))
}

func signMessageFaults(m signMaker) []fault {
	whole := m.message(func(*signParts) {})
	return []fault{
		{"no tag", false, whole[2:]},
		{"tag of COSE_Sign1", false, cat([]byte{0xd2}, whole[2:])},
		{"tag twice", true, cat([]byte{0xd8, 98}, whole)},
		{"tag in three bytes", true, cat([]byte{0xd9, 0, 98}, whole[2:])},
		{"nothing", true, nil},
		{"trailing byte", true, cat(whole, []byte{0})},
		{"three elements", false, cat([]byte{0xd8, 98, 0x83}, m.header, []byte{0xa0}, bstr(payload...))},
		{"five elements", false, cat([]byte{0xd8, 98, 0x85}, whole[3:], []byte{0})},
	}
}

func signElementFaults(m signMaker) []fault {
	return []fault{
		{"no signature", false, m.message(func(p *signParts) { p.signatures = []byte{0x80} })},
		{"17 signatures", false, m.message(func(p *signParts) { p.signatures = cat([]byte{0x91}, bytes.Repeat(m.good, 17)) })},
		{"signatures are null", true, m.message(func(p *signParts) { p.signatures = []byte{0xf6} })},
		{"signatures are one signature", false, m.message(func(p *signParts) { p.signatures = m.good })},
		{"signatures of COSE_Sign1", false, m.message(func(p *signParts) { p.signatures = m.value })},
		{"indefinite signatures", true, m.message(func(p *signParts) { p.signatures = cat([]byte{0x9f}, m.good, []byte{0xff}) })},

		{"unprotected kid", false, m.message(func(p *signParts) { p.unprotected = cat([]byte{0xa1, 4}, m.id) })},
		{"unprotected null", true, m.message(func(p *signParts) { p.unprotected = []byte{0xf6} })},
		{"detached payload", true, m.message(func(p *signParts) { p.payload = []byte{0xf6} })},
		{"payload of no bytes", true, m.message(func(p *signParts) { p.payload = bstr() })},
		{"payload is a map", false, m.message(func(p *signParts) { p.payload = payload })},
		{"payload not deterministic", true, m.message(func(p *signParts) { p.payload = bstr(0xa1, 0x18, 1, 0) })},
		{"payload with a float", true, m.message(func(p *signParts) { p.payload = bstr(0xf9, 0, 0) })},
		{"payload with trailing byte", true, m.message(func(p *signParts) { p.payload = bstr(0, 0) })},
	}
}

func signBodyHeaderFaults(m signMaker) []fault {
	return []fault{
		{"body header empty", true, m.body(nil)},
		{"body header an empty map", false, m.body([]byte{0xa0})},
		{"no typ but alg", false, m.body(cat([]byte{0xa1, 1}, m.alg))},
		{"alg beside typ", false, m.body(cat([]byte{0xa2, 1}, m.alg, []byte{0x10}, m.text))},
		{"crit beside typ", false, m.body(cat([]byte{0xa2, 2, 0x81, 0x10, 0x10}, m.text))},
		{"typ is a number", false, m.body([]byte{0xa1, 0x10, 0x18, 61})},
		{"typ is bytes", false, m.body([]byte{0xa1, 0x10, 0x41, 'a'})},
		{"typ is null", true, m.body([]byte{0xa1, 0x10, 0xf6})},
		{"typ of no bytes", false, m.body([]byte{0xa1, 0x10, 0x60})},
		{"typ of 65 bytes", false, m.body(cat([]byte{0xa1, 0x10}, cborx.AppendText(nil, strings.Repeat("a", 65))))},
		{"typ is not UTF-8", true, m.body([]byte{0xa1, 0x10, 0x61, 0xff})},
		{"typ twice", true, m.body(cat([]byte{0xa2, 0x10}, m.text, []byte{0x10}, m.text))},
	}
}

func signEntryFaults(m signMaker) []fault {
	s := m.signature
	return []fault{
		{"signature of two elements", false, m.one(entry(m.header, []byte{0xa0}))},
		{"signature of four elements", false, m.one(entry(m.header, []byte{0xa0}, m.value, []byte{0}))},
		{"signature is null", true, m.one([]byte{0xf6})},
		{"signature with unprotected alg", false, m.one(entry(m.header, cat([]byte{0xa1, 1}, m.alg), m.value))},
		{"signature of 63 bytes", false, m.one(entry(m.header, []byte{0xa0}, bstr(s.Value[1:]...)))},
		{"signature of 65 bytes", false, m.one(entry(m.header, []byte{0xa0}, bstr(cat(s.Value, []byte{0})...)))},
		{"signature of no bytes", false, m.one(entry(m.header, []byte{0xa0}, bstr()))},
		{"foreign signature of no bytes", false, m.one(entry(bstr(header([]byte{0x38, 47}, m.id)...), []byte{0xa0}, bstr()))},
		{"foreign signature of 8193 bytes", false, m.one(entry(bstr(header([]byte{0x38, 47}, m.id)...), []byte{0xa0}, bstr(make([]byte, 8193)...)))},
		{"header empty", true, m.with(nil)},
		{"header without alg", false, m.with(cat([]byte{0xa1, 4}, m.id))},
		{"header without kid", false, m.with(cat([]byte{0xa1, 1}, m.alg))},
		{"header with crit", false, m.with(cat([]byte{0xa3, 1}, m.alg, []byte{2, 0x81, 4, 4}, m.id))},
		{"header with typ", false, m.with(cat([]byte{0xa3, 1}, m.alg, []byte{4}, m.id, []byte{0x10}, m.text))},
		{"header unsorted", true, m.with(cat([]byte{0xa2, 4}, m.id, []byte{1}, m.alg))},
		{"kid of 4 bytes", false, m.with(header(m.alg, bstr(s.KeyID[:4]...)))},
		{"kid of 31 bytes", false, m.with(header(m.alg, bstr(s.KeyID[:31]...)))},
		{"kid of 33 bytes", false, m.with(header(m.alg, bstr(append(s.KeyID[:], 0)...)))},
		{"kid is text", false, m.with(header(m.alg, cborx.AppendText(nil, strings.Repeat("a", 32))))},
		{"alg is text", false, m.with(header(cborx.AppendText(nil, "ES256"), m.id))},
	}
}

func TestEveryOtherSignIsRefused(t *testing.T) {
	m := newSignMaker(t)
	for _, f := range slices.Concat(signMessageFaults(m), signElementFaults(m), signBodyHeaderFaults(m), signEntryFaults(m)) {
		document, err := cose.ParseSign(f.data)
		refused(t, f, err)
		if document != nil {
			t.Errorf("%s: document beside an error", f.name)
		}
	}
}

func TestSign1IsNoSignNorTheReverse(t *testing.T) {
	list, _ := signers(1)
	document := marshal(t, signedBy(t, typ, payload, list...))
	credential, err := cose.AppendSign1(nil, payload, list[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cose.ParseSign(credential); err == nil {
		t.Error("a credential is a document")
	}
	if _, err := cose.ParseSign1(document); err == nil {
		t.Error("a document is a credential")
	}
}

func TestSixteenSignaturesAreTheMost(t *testing.T) {
	list, keys := signers(cose.MaxSignatures)
	document := reparsed(t, signedBy(t, typ, payload, list...))
	if got := document.Signers(keys); len(got) != cose.MaxSignatures {
		t.Errorf("%d signers", len(got))
	}
	signatures := document.Signatures()
	again := parse(t, message(typ, payload, signatures))
	if len(again.Signers(keys)) != cose.MaxSignatures {
		t.Errorf("%d signers", len(again.Signers(keys)))
	}
	signatures = append(signatures, cose.Signature{Algorithm: -48, Value: make([]byte, sig.SignatureSize)})
	if _, err := cose.ParseSign(message(typ, payload, signatures)); err == nil {
		t.Error("17 signatures")
	}
}
