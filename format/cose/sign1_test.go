package cose_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

var algorithms = []sig.Algorithm{sig.ES256, sig.SM2}

// payload is {1: "33"}.
var payload = []byte{0xa1, 0x01, 0x62, '3', '3'}

func cat(parts ...[]byte) []byte { return slices.Concat(parts...) }

func bstr(content ...byte) []byte { return cborx.AppendBytes(nil, content) }

// header is {1: alg, 4: kid}, its values as given.
func header(alg, kid []byte) []byte { return cat([]byte{0xa2, 0x01}, alg, []byte{0x04}, kid) }

func algorithmOf(algorithm sig.Algorithm) []byte { return cborx.AppendInt(nil, int64(algorithm)) }

// sign1 is a message taken apart, its elements encoded.
type sign1 struct{ protected, unprotected, payload, signature []byte }

func sign1By(t testing.TB, signer sig.Signer) sign1 {
	t.Helper()
	kid := signer.PublicKey().KeyID()
	protected := header(algorithmOf(signer.PublicKey().Algorithm()), bstr(kid[:]...))
	m := sign1{protected: bstr(protected...), unprotected: []byte{0xa0}, payload: bstr(payload...)}
	m.sign(t, signer)
	return m
}

// sign signs whatever the message says, written as RFC 9052 section 4.4 has it.
func (m *sign1) sign(t testing.TB, signer sig.Signer) {
	t.Helper()
	signature, err := signer.Sign(cat([]byte("\x84\x6aSignature1"), m.protected, []byte{0x40}, m.payload))
	if err != nil {
		t.Fatal(err)
	}
	m.signature = bstr(signature...)
}

func (m sign1) bytes() []byte {
	return cat([]byte{0xd2, 0x84}, m.protected, m.unprotected, m.payload, m.signature)
}

func TestSignedMessageHasOneForm(t *testing.T) {
	for _, algorithm := range algorithms {
		signer := sigtest.New(algorithm, "sign1")
		byHand := sign1By(t, signer).bytes()
		data, err := cose.AppendSign1(nil, payload, signer)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(data) - sig.SignatureSize; !bytes.Equal(data[:n], byHand[:n]) {
			t.Errorf("%x, by hand %x", data, byHand)
		}
		for _, data := range [][]byte{data, byHand} {
			m, err := cose.ParseSign1(data)
			if err != nil {
				t.Fatal(err)
			}
			if m.Algorithm() != algorithm || m.KeyID() != signer.PublicKey().KeyID() || !bytes.Equal(m.UnverifiedPayload(), payload) {
				t.Errorf("%d %x %x", m.Algorithm(), m.KeyID(), m.UnverifiedPayload())
			}
			if err := m.Verify(signer.PublicKey()); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestAppendSign1KeepsWhatStandsBefore(t *testing.T) {
	data, err := cose.AppendSign1([]byte("before"), payload, sigtest.New(sig.SM2, "sign1"))
	if err != nil || !bytes.HasPrefix(data, []byte("before\xd2\x84")) {
		t.Errorf("%q, %v", data, err)
	}
}

// fault is a message that is refused, as a fault of the encoding or else of the
// envelope.
type fault struct {
	name     string
	encoding bool
	data     []byte
}

// tagged is an array of elements under the tag of COSE_Sign1.
func tagged(elements ...[]byte) []byte {
	return cat(cborx.AppendArray([]byte{0xd2}, len(elements)), cat(elements...))
}

func sign1ArrayFaults(t testing.TB) []fault {
	m := sign1By(t, sigtest.New(sig.SM2, "sign1"))
	p, u, b, s := m.protected, m.unprotected, m.payload, m.signature
	whole := m.bytes()
	return []fault{
		{"no tag", false, whole[1:]},
		{"tag of COSE_Sign", false, cat([]byte{0xd8, 98}, whole[1:])},
		{"tag of COSE_Mac0", false, cat([]byte{0xd1}, whole[1:])},
		{"tag of CWT", false, cat([]byte{0xd8, 61}, whole[1:])},
		{"tag of CWT around", true, cat([]byte{0xd8, 61}, whole)},
		{"tag twice", true, cat([]byte{0xd2}, whole)},
		{"tag in two bytes", true, cat([]byte{0xd8, 18}, whole[1:])},
		{"tag alone", true, whole[:1]},
		{"nothing", true, nil},
		{"integer", false, []byte{0x12}},
		{"text", false, cborx.AppendText(nil, "TX1:")},
		{"tagged byte string", false, cat([]byte{0xd2}, p)},
		{"empty array", false, tagged()},
		{"three elements", false, tagged(p, u, b)},
		{"five elements", false, tagged(p, u, b, s, []byte{0})},
		{"five elements, the last empty", false, tagged(p, u, b, s, []byte{0xa0})},
		{"trailing byte", true, cat(whole, []byte{0})},
		{"cut short", true, whole[:len(whole)-1]},
		{"indefinite array", true, cat([]byte{0xd2, 0x9f}, p, u, b, s, []byte{0xff})},
		{"array length in two bytes", true, cat([]byte{0xd2, 0x98, 4}, p, u, b, s)},
	}
}

func sign1ElementFaults(t testing.TB) []fault {
	signer := sigtest.New(sig.SM2, "sign1")
	kid := signer.PublicKey().KeyID()
	m := sign1By(t, signer)
	p, u, b, s := m.protected, m.unprotected, m.payload, m.signature
	alg, id := algorithmOf(sig.SM2), bstr(kid[:]...)
	var many []byte
	for _, octet := range s[2:] {
		many = cborx.AppendUint(many, uint64(octet))
	}
	return []fault{
		{"alg unprotected too", false, tagged(p, cat([]byte{0xa1, 1}, alg), b, s)},
		{"alg unprotected alone", false, tagged(bstr(cat([]byte{0xa1, 4}, id)...), cat([]byte{0xa1, 1}, alg), b, s)},
		{"kid unprotected", false, tagged(p, cat([]byte{0xa1, 4}, id), b, s)},
		{"text kid unprotected", false, tagged(p, []byte{0xa1, 4, 0x61, 'k'}, b, s)},
		{"crafted alg unprotected", false, tagged(p, []byte{0xa1, 1, 0x80}, b, s)},
		{"unknown label unprotected", false, tagged(p, []byte{0xa1, 0x18, 99, 0}, b, s)},
		{"unprotected is an array", false, tagged(p, []byte{0x80}, b, s)},
		{"unprotected is bytes", false, tagged(p, []byte{0x40}, b, s)},
		{"unprotected is null", true, tagged(p, []byte{0xf6}, b, s)},
		{"unprotected is indefinite", true, tagged(p, []byte{0xbf, 0xff}, b, s)},

		{"detached payload", true, tagged(p, u, []byte{0xf6}, s)},
		{"undefined payload", true, tagged(p, u, []byte{0xf7}, s)},
		{"payload is a map", false, tagged(p, u, payload, s)},
		{"payload is text", false, tagged(p, u, cborx.AppendText(nil, "{}"), s)},
		{"payload is tagged", true, tagged(p, u, cat([]byte{0xd8, 24}, b), s)},

		{"signature of 63 bytes", false, tagged(p, u, b, bstr(s[2:65]...))},
		{"signature of 65 bytes", false, tagged(p, u, b, bstr(cat(s[2:], []byte{0})...))},
		{"signature of no bytes", false, tagged(p, u, b, []byte{0x40})},
		{"signature is null", true, tagged(p, u, b, []byte{0xf6})},
		{"signature is a list", false, tagged(p, u, b, cat([]byte{0x98, 64}, many))},
		{"signature is text", false, tagged(p, u, b, cborx.AppendText(nil, string(make([]byte, 64))))},
	}
}

func sign1HeaderFaults(t testing.TB) []fault {
	signer := sigtest.New(sig.SM2, "sign1")
	kid := signer.PublicKey().KeyID()
	right := sign1By(t, signer)
	with := func(protected []byte) []byte {
		m := sign1{protected: bstr(protected...), unprotected: right.unprotected, payload: right.payload}
		m.sign(t, signer)
		return m.bytes()
	}
	alg, id := algorithmOf(sig.SM2), bstr(kid[:]...)
	return []fault{
		{"protected is a map", false, tagged(right.protected[1:], right.unprotected, right.payload, right.signature)},
		{"protected is null", true, tagged([]byte{0xf6}, right.unprotected, right.payload, right.signature)},
		{"protected is empty", true, with(nil)},
		{"protected is an empty map", false, with([]byte{0xa0})},
		{"protected is an array", false, with(cat([]byte{0x82}, alg, id))},
		{"protected is indefinite", true, with(cat([]byte{0xbf, 1}, alg, []byte{4}, id, []byte{0xff}))},
		{"protected with trailing byte", true, with(cat(header(alg, id), []byte{0}))},
		{"protected unsorted", true, with(cat([]byte{0xa2, 4}, id, []byte{1}, alg))},
		{"alg twice", true, with(cat([]byte{0xa3, 1}, alg, []byte{1}, alg, []byte{4}, id))},
		{"alg in nine bytes", true, with(header([]byte{0x3b, 0, 0, 0, 0, 0, 2, 2, 0}, id))},
		{"alg is text", false, with(header(cborx.AppendText(nil, "ES256"), id))},
		{"alg is null", true, with(header([]byte{0xf6}, id))},
		{"alg is a float", true, with(header([]byte{0xf9, 0xc7, 0}, id))},
		{"alg below 64 bits", false, with(header([]byte{0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0}, id))},
		{"alg above 64 bits", false, with(header([]byte{0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0}, id))},
		{"no alg", false, with(cat([]byte{0xa1, 4}, id))},
		{"no kid", false, with(cat([]byte{0xa1, 1}, alg))},
		{"kid of 0 bytes", false, with(header(alg, bstr()))},
		{"kid of 3 bytes", false, with(header(alg, bstr(1, 2, 3)))},
		{"kid of 5 bytes", false, with(header(alg, bstr(1, 2, 3, 4, 5)))},
		{"kid of 32 bytes", false, with(header(alg, bstr(make([]byte, 32)...)))},
		{"kid is text", false, with(header(alg, cborx.AppendText(nil, "abcd")))},
		{"kid is an integer", false, with(header(alg, []byte{1}))},
		{"kid is a list", false, with(header(alg, []byte{0x84, 1, 2, 3, 4}))},
		{"crit", false, with(cat([]byte{0xa3, 1}, alg, []byte{2, 0x81, 1, 4}, id))},
		{"crit of an unknown label", false, with(cat([]byte{0xa4, 1}, alg, []byte{2, 0x81, 0x18, 99, 4}, id, []byte{0x18, 99, 0}))},
		{"content type", false, with(cat([]byte{0xa3, 1}, alg, []byte{3, 0x18, 61, 4}, id))},
		{"typ", false, with(cat([]byte{0xa3, 1}, alg, []byte{4}, id, []byte{16, 0x61, 'a'}))},
		{"text label", false, with(cat([]byte{0xa3, 1}, alg, []byte{4}, id, []byte{0x61, 'a', 0}))},
		{"text for alg", false, with(cat([]byte{0xa2, 4}, id, []byte{0x63, 'a', 'l', 'g'}, alg))},
	}
}

// refused fails the test unless err is a fault of the encoding or, if not so
// wanted, of the envelope.
func refused(t *testing.T, f fault, err error) {
	t.Helper()
	var encoding *cborx.EncodingError
	var envelope *cose.EnvelopeError
	if errors.As(err, &encoding) != f.encoding || errors.As(err, &envelope) == f.encoding {
		t.Errorf("%s: %v", f.name, err)
	}
}

func TestEveryOtherSign1IsRefused(t *testing.T) {
	for _, f := range slices.Concat(sign1ArrayFaults(t), sign1ElementFaults(t), sign1HeaderFaults(t)) {
		m, err := cose.ParseSign1(f.data)
		refused(t, f, err)
		if m != nil {
			t.Errorf("%s: message beside an error", f.name)
		}
	}
}

func TestUnknownAlgorithmIsReadAndVerifiesWithNoKey(t *testing.T) {
	for _, algorithm := range []sig.Algorithm{0, 5, -8, -9, -35, -37, -131584, -1 << 63, 1<<63 - 1} {
		for _, own := range algorithms {
			signer := sigtest.New(own, "sign1")
			m := sign1By(t, signer)
			kid := signer.PublicKey().KeyID()
			m.protected = bstr(header(algorithmOf(algorithm), bstr(kid[:]...))...)
			m.sign(t, signer)
			parsed, err := cose.ParseSign1(m.bytes())
			if err != nil || parsed.Algorithm() != algorithm {
				t.Fatalf("%d: %v", algorithm, err)
			}
			if err := parsed.Verify(signer.PublicKey()); !errors.Is(err, cose.ErrAlgorithmMismatch) {
				t.Errorf("%d with a key of %s: %v", algorithm, own, err)
			}
		}
	}
}

// The key decides: a message that names the other algorithm is refused, even
// where its bytes carry a good signature by that key.
func TestKeyDecidesTheAlgorithm(t *testing.T) {
	for i, own := range algorithms {
		signer := sigtest.New(own, "sign1")
		m := sign1By(t, signer)
		kid := signer.PublicKey().KeyID()
		m.protected = bstr(header(algorithmOf(algorithms[1-i]), bstr(kid[:]...))...)
		m.sign(t, signer)
		signed := cat([]byte("\x84\x6aSignature1"), m.protected, []byte{0x40}, m.payload)
		if err := signer.PublicKey().Verify(signed, m.signature[2:]); err != nil {
			t.Fatalf("the signature proves nothing: %v", err)
		}
		parsed, err := cose.ParseSign1(m.bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.Verify(signer.PublicKey()); !errors.Is(err, cose.ErrAlgorithmMismatch) {
			t.Errorf("key of %s, header of %s: %v", own, algorithms[1-i], err)
		}
	}
}

func TestAnotherKeyVerifiesNoSign1(t *testing.T) {
	for _, algorithm := range algorithms {
		data, err := cose.AppendSign1(nil, payload, sigtest.New(algorithm, "sign1"))
		if err != nil {
			t.Fatal(err)
		}
		m, err := cose.ParseSign1(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []*sig.PublicKey{nil, sigtest.New(algorithm, "another").PublicKey()} {
			if err := m.Verify(key); !errors.Is(err, sig.ErrSignature) {
				t.Errorf("%s: %v", key, err)
			}
		}
		if err := m.Verify(new(sig.PublicKey)); err == nil {
			t.Error("the zero key verifies")
		}
	}
}

func TestParsedSign1SharesNothingWithItsBytes(t *testing.T) {
	signer := sigtest.New(sig.SM2, "sign1")
	data, err := cose.AppendSign1(nil, payload, signer)
	if err != nil {
		t.Fatal(err)
	}
	m, err := cose.ParseSign1(data)
	if err != nil {
		t.Fatal(err)
	}
	clear(data)
	if err := m.Verify(signer.PublicKey()); err != nil || !bytes.Equal(m.UnverifiedPayload(), payload) {
		t.Errorf("%x, %v", m.UnverifiedPayload(), err)
	}
}

// brokenSigner returns what a faulty token might.
type brokenSigner struct {
	sig.Signer
	signature []byte
	err       error
}

func (s brokenSigner) Sign([]byte) ([]byte, error) { return s.signature, s.err }

func TestFaultySignerGivesNoSign1(t *testing.T) {
	good := sigtest.New(sig.SM2, "sign1")
	broken := errors.New("token removed")
	if data, err := cose.AppendSign1([]byte{1}, payload, brokenSigner{good, nil, broken}); !errors.Is(err, broken) || data != nil {
		t.Errorf("%x, %v", data, err)
	}
	for _, length := range []int{0, 63, 65, 71} {
		if data, err := cose.AppendSign1([]byte{1}, payload, brokenSigner{good, make([]byte, length), nil}); err == nil || data != nil {
			t.Errorf("%x, %v", data, err)
		}
	}
}

func TestFaultIsCountedFromTheStartOfTheMessage(t *testing.T) {
	for _, c := range []struct {
		data   []byte
		offset int
	}{
		{[]byte{0xd2, 0x82, 0x40, 0xf6}, 3},
		{[]byte{0xd8, 98, 0x82, 0x40, 0xf6}, 4},
		{[]byte{0x82, 0x40, 0xf6}, 2},
		{[]byte{0xd8, 18}, 0},
	} {
		_, err := cose.ParseSign1(c.data)
		var encoding *cborx.EncodingError
		if !errors.As(err, &encoding) || encoding.Offset != c.offset {
			t.Errorf("%x: %v, want byte %d", c.data, err, c.offset)
		}
	}
}
