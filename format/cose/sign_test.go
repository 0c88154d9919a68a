package cose_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/cose"
	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/format/sig/sigtest"
)

const typ = "application/tongxing-example+cbor"

func signers(n int) (list []*sigtest.Signer, keys []*sig.PublicKey) {
	for i := range n {
		signer := sigtest.New(algorithms[i%2], fmt.Sprint("signer ", i))
		list, keys = append(list, signer), append(keys, signer.PublicKey())
	}
	return list, keys
}

// signedBy returns a document of the given type, signed by each of signers.
func signedBy(t testing.TB, typ string, payload []byte, signers ...*sigtest.Signer) *cose.Sign {
	t.Helper()
	document, err := cose.NewSign(typ, payload)
	if err != nil {
		t.Fatal(err)
	}
	for _, signer := range signers {
		if document, err = document.WithSignature(signer); err != nil {
			t.Fatal(err)
		}
	}
	return document
}

func reparsed(t testing.TB, document *cose.Sign) *cose.Sign {
	t.Helper()
	data, err := document.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, data)
}

func parse(t testing.TB, data []byte) *cose.Sign {
	t.Helper()
	document, err := cose.ParseSign(data)
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// message is a COSE_Sign by hand, with the signatures in the given order.
func message(typ string, payload []byte, signatures []cose.Signature) []byte {
	data := cat([]byte{0xd8, 98, 0x84}, bstr(cat([]byte{0xa1, 0x10}, cborx.AppendText(nil, typ))...), []byte{0xa0}, bstr(payload...))
	data = cborx.AppendArray(data, len(signatures))
	for _, s := range signatures {
		protected := header(algorithmOf(s.Algorithm), bstr(s.KeyID[:]...))
		data = cat(data, []byte{0x83}, bstr(protected...), []byte{0xa0}, bstr(s.Value...))
	}
	return data
}

func TestEverySignerOfADocumentIsFound(t *testing.T) {
	for n := 1; n <= cose.MaxSignatures; n++ {
		list, keys := signers(n)
		document := signedBy(t, typ, payload, list...)
		again := reparsed(t, document)
		if again.Type() != typ || !bytes.Equal(again.UnverifiedPayload(), payload) {
			t.Errorf("%s %x", again.Type(), again.UnverifiedPayload())
		}
		for _, d := range []*cose.Sign{document, again} {
			if got := d.Signers(keys); !slices.Equal(got, keys) {
				t.Errorf("%d signatures, signers %v", n, got)
			}
		}
		if byHand := message(typ, payload, document.Signatures()); !bytes.Equal(byHand, marshal(t, document)) {
			t.Errorf("%x, by hand %x", marshal(t, document), byHand)
		}
	}
}

func marshal(t testing.TB, document *cose.Sign) []byte {
	t.Helper()
	data, err := document.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestOrderOfSigningLeavesNoTrace(t *testing.T) {
	list, keys := signers(5)
	document := signedBy(t, typ, payload, list...)
	r := rand.New(rand.NewPCG(4, 9052))
	for range 20 {
		order := r.Perm(len(list))
		other, err := cose.NewSign(typ, payload)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range order { // the same signatures, as signing is not deterministic
			for _, s := range document.Signatures() {
				if s.KeyID == keys[i].Thumbprint() {
					if other, err = other.With(s); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		if !bytes.Equal(marshal(t, other), marshal(t, document)) {
			t.Errorf("order %v shows in the bytes", order)
		}
	}
}

func TestHashIsOfTheContentAlone(t *testing.T) {
	list, keys := signers(3)
	document := signedBy(t, typ, payload, list...)
	want := document.Hash()
	protected := bstr(cat([]byte{0xa1, 0x10}, cborx.AppendText(nil, typ))...)
	if byHand := sha256.Sum256(cat([]byte{0x82}, protected, bstr(payload...))); want != byHand {
		t.Errorf("%x, by hand %x", want, byHand)
	}
	signatures := document.Signatures()
	slices.Reverse(signatures)
	shuffled := parse(t, message(typ, payload, signatures))
	if shuffled.Hash() != want || len(shuffled.Signers(keys)) != 3 {
		t.Error("the order of signatures matters")
	}
	for _, other := range []*cose.Sign{signedBy(t, typ, payload), signedBy(t, typ, payload, list[0]), reparsed(t, document)} {
		if other.Hash() != want {
			t.Error("signatures are part of the hash")
		}
	}
	if signedBy(t, typ+"x", payload).Hash() == want || signedBy(t, typ, []byte{0xa0}).Hash() == want {
		t.Error("type or payload is not part of the hash")
	}
}

func TestRepeatedSignatureCountsOnce(t *testing.T) {
	list, keys := signers(1)
	first := signedBy(t, typ, payload, list...).Signatures()[0]
	second := signedBy(t, typ, payload, list...).Signatures()[0] // other bytes, as good
	document := parse(t, message(typ, payload, []cose.Signature{first, second, first}))
	for _, list := range [][]*sig.PublicKey{keys, {keys[0], keys[0]}, {nil, keys[0], nil}} {
		if got := document.Signers(list); len(got) != 1 || !got[0].Equal(keys[0]) {
			t.Errorf("%v", got)
		}
	}
}

func TestSpoiledSignatureSpoilsNoOther(t *testing.T) {
	list, keys := signers(2)
	signatures := signedBy(t, typ, payload, list...).Signatures()
	for i := range signatures {
		spoiled := slices.Clone(signatures)
		spoiled[i].Value = slices.Clone(spoiled[i].Value)
		spoiled[i].Value[40] ^= 1
		if got := parse(t, message(typ, payload, spoiled)).Signers(keys); len(got) != 1 || got[0].Thumbprint() != signatures[1-i].KeyID {
			t.Errorf("%v", got)
		}
		// A good one by the same key counts, wherever it stands.
		for _, mixed := range [][]cose.Signature{append(spoiled, signatures[i]), append([]cose.Signature{signatures[i]}, spoiled...)} {
			if got := parse(t, message(typ, payload, mixed)).Signers(keys); len(got) != 2 {
				t.Errorf("%v", got)
			}
		}
	}
}

func TestSignatureOfAnUnknownAlgorithmIsSkipped(t *testing.T) {
	list, keys := signers(2)
	signatures := signedBy(t, typ, payload, list...).Signatures()
	for _, foreign := range []cose.Signature{
		{Algorithm: -48, KeyID: [32]byte{1}, Value: make([]byte, 2420)}, // ML-DSA-44
		{Algorithm: -50, KeyID: [32]byte{1}, Value: make([]byte, 4627)}, // ML-DSA-87
		{Algorithm: -9, KeyID: keys[0].Thumbprint(), Value: signatures[0].Value},
		{Algorithm: 0, Value: []byte{1}},
		{Algorithm: -7, KeyID: [32]byte{2}, Value: make([]byte, 64)}, // a key that nobody knows
	} {
		document := parse(t, message(typ, payload, append([]cose.Signature{foreign}, signatures...)))
		if got := document.Signers(append(keys, new(sig.PublicKey))); !slices.Equal(got, keys) {
			t.Errorf("algorithm %d: %v", foreign.Algorithm, got)
		}
		alone := parse(t, message(typ, payload, []cose.Signature{foreign}))
		if got := alone.Signers(append(keys, new(sig.PublicKey))); len(got) != 0 {
			t.Errorf("algorithm %d: %v", foreign.Algorithm, got)
		}
	}
}

// The header of a signature is signed with it: a good signature whose header
// names the other algorithm is not one of its key's.
func TestKeyDecidesTheAlgorithmOfADocumentSignature(t *testing.T) {
	for i, own := range algorithms {
		signer := sigtest.New(own, "signer")
		key := signer.PublicKey()
		thumbprint := key.Thumbprint()
		other := header(algorithmOf(algorithms[1-i]), bstr(thumbprint[:]...))
		body := bstr(cat([]byte{0xa1, 0x10}, cborx.AppendText(nil, typ))...)
		value, err := signer.Sign(cat([]byte("\x85\x69Signature"), body, bstr(other...), []byte{0x40}, bstr(payload...)))
		if err != nil {
			t.Fatal(err)
		}
		document := parse(t, message(typ, payload, []cose.Signature{{Algorithm: algorithms[1-i], KeyID: thumbprint, Value: value}}))
		if got := document.Signers([]*sig.PublicKey{key}); len(got) != 0 {
			t.Errorf("%s: %v", own, got)
		}
	}
}

// A signature is of one kind of document and of no credential.
func TestSignatureOfAnotherKindIsNoSignature(t *testing.T) {
	for _, algorithm := range algorithms {
		signer := sigtest.New(algorithm, "signer")
		keys := []*sig.PublicKey{signer.PublicKey()}
		signature := signedBy(t, typ, payload, signer).Signatures()[0]
		if len(parse(t, message(typ, payload, []cose.Signature{signature})).Signers(keys)) != 1 {
			t.Fatal("the signature proves nothing")
		}
		for _, other := range []string{typ + "x", "application/tongxing-keyset+cbor", "a"} {
			if got := parse(t, message(other, payload, []cose.Signature{signature})).Signers(keys); len(got) != 0 {
				t.Errorf("%s counts as %s", typ, other)
			}
		}
		if got := parse(t, message(typ, []byte{0xa0}, []cose.Signature{signature})).Signers(keys); len(got) != 0 {
			t.Error("another payload counts")
		}
		credential := sign1By(t, signer)
		value := cose.Signature{Algorithm: algorithm, KeyID: keys[0].Thumbprint(), Value: credential.signature[2:]}
		if got := parse(t, message(typ, payload, []cose.Signature{value})).Signers(keys); len(got) != 0 {
			t.Error("the signature of a credential counts")
		}
		credential.signature = bstr(signature.Value...)
		parsed, err := cose.ParseSign1(credential.bytes())
		if err != nil {
			t.Fatal(err)
		}
		if err := parsed.Verify(keys[0]); !errors.Is(err, sig.ErrSignature) {
			t.Errorf("the signature of a document makes a credential: %v", err)
		}
	}
}

func TestEarlierSignatureOfTheSameKeyIsReplaced(t *testing.T) {
	list, keys := signers(3)
	document := signedBy(t, typ, payload, list...)
	spoiled := document.Signatures()[1]
	spoiled.Value = make([]byte, sig.SignatureSize)
	broken, err := document.With(spoiled)
	if err != nil || len(broken.Signers(keys)) != 2 {
		t.Fatalf("%v, %v", broken, err)
	}
	again := signedBy(t, typ, payload, list...)
	for _, signer := range list {
		if again, err = again.WithSignature(signer); err != nil {
			t.Fatal(err)
		}
	}
	if got := again.Signatures(); len(got) != 3 || !slices.IsSortedFunc(got, func(a, b cose.Signature) int { return bytes.Compare(a.KeyID[:], b.KeyID[:]) }) {
		t.Errorf("%v", got)
	}
	if len(again.Signers(keys)) != 3 || len(document.Signers(keys)) != 3 {
		t.Error("a signature is lost")
	}
}

func TestDocumentIsNotChangedThroughWhatItReturns(t *testing.T) {
	list, keys := signers(2)
	content := slices.Clone(payload)
	document := signedBy(t, typ, content, list...)
	clear(content)
	signatures := document.Signatures()
	value := slices.Clone(signatures[0].Value)
	added, err := document.With(cose.Signature{Algorithm: signatures[0].Algorithm, KeyID: signatures[0].KeyID, Value: value})
	if err != nil {
		t.Fatal(err)
	}
	clear(value)
	clear(signatures[0].Value)
	signatures[1] = cose.Signature{}
	for _, d := range []*cose.Sign{document, added} {
		if len(d.Signers(keys)) != 2 || !bytes.Equal(d.UnverifiedPayload(), payload) {
			t.Error("the document has changed")
		}
	}
}

func TestDocumentThatNobodyWouldReadIsNotMade(t *testing.T) {
	for _, typ := range []string{"", strings.Repeat("a", 65), "a\xff"} {
		if document, err := cose.NewSign(typ, payload); err == nil || document != nil {
			t.Errorf("type %q: %v", typ, err)
		}
	}
	for _, payload := range [][]byte{nil, {0xf6}, {0x18, 0x01}, {0, 0}} {
		if document, err := cose.NewSign(typ, payload); err == nil || document != nil {
			t.Errorf("payload %x: %v", payload, err)
		}
	}
	document := signedBy(t, typ, payload)
	if data, err := document.Marshal(); err == nil || data != nil {
		t.Errorf("a document without signatures: %x", data)
	}
	for _, s := range []cose.Signature{
		{Algorithm: sig.SM2, Value: make([]byte, 63)}, {Algorithm: sig.ES256, Value: make([]byte, 65)},
		{Algorithm: sig.SM2}, {Algorithm: -48}, {Algorithm: -48, Value: make([]byte, 8193)},
	} {
		if document, err := document.With(s); err == nil || document != nil {
			t.Errorf("signature of algorithm %d with %d bytes: %v", s.Algorithm, len(s.Value), err)
		}
	}
	list, _ := signers(cose.MaxSignatures + 1)
	document = signedBy(t, typ, payload, list[:cose.MaxSignatures]...)
	if document, err := document.WithSignature(list[cose.MaxSignatures]); err == nil || document != nil {
		t.Errorf("%d signatures: %v", cose.MaxSignatures+1, err)
	}
	if _, err := document.WithSignature(list[0]); err != nil {
		t.Errorf("replacing one of %d: %v", cose.MaxSignatures, err)
	}
	broken := errors.New("token removed")
	if document, err := document.WithSignature(brokenSigner{list[0], nil, broken}); !errors.Is(err, broken) || document != nil {
		t.Errorf("%v", err)
	}
}
