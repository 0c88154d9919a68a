package format

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/cborx"
	"github.com/tongxing/tongxing/format/sig"
)

// extensionsOf returns the extensions of a payload, which Parse drops, read by
// the CBOR library alone.
func extensionsOf(t *testing.T, payload []byte) map[any]any {
	t.Helper()
	var outer struct {
		Claims map[uint64]any `cbor:"-65537,keyasint"`
	}
	if err := cbor.Unmarshal(payload, &outer); err != nil {
		t.Fatal(err)
	}
	extensions := map[any]any{}
	for key, value := range outer.Claims {
		if key >= firstExtension {
			extensions[key] = value
		}
	}
	return extensions
}

// rewritten is an accepted credential written again from what was read of it.
func rewritten(t *testing.T, u *Unverified, signature []byte) []byte {
	t.Helper()
	kid := u.KeyID()
	header := cborx.AppendInt([]byte{0xa2, 1}, int64(u.Algorithm()))
	header = cborx.AppendBytes(append(header, 4), kid[:])
	content := unsignedPayload(u.UnverifiedCredential())
	if extensions := extensionsOf(t, u.message.UnverifiedPayload()); len(extensions) > 0 {
		content = patched(t, u.UnverifiedCredential(), extensions)
	}
	data := cborx.AppendBytes([]byte{0xd2, 0x84}, header)
	data = cborx.AppendBytes(append(data, 0xa0), content)
	return cborx.AppendBytes(data, signature)
}

// meaning is all that an accepted credential says, as text.
func meaning(t *testing.T, u *Unverified, signature []byte) string {
	t.Helper()
	c := u.UnverifiedCredential()
	status, origin := Status{}, Origin{}
	if c.Status != nil {
		status = *c.Status
	}
	if c.Origin != nil {
		origin = *c.Origin
	}
	return fmt.Sprint(u.Algorithm(), u.KeyID(), c.Issuer, c.IssuedAt, c.Expires, c.Holder, c.Ref, c.Status != nil, status,
		c.Tests, c.Vaccinations, c.Exemptions, c.Origin != nil, origin, extensionsOf(t, u.message.UnverifiedPayload()), signature)
}

func signatureOf(data []byte) []byte { return data[len(data)-sig.SignatureSize:] }

// acceptedCredentials calls visit for the accepted vectors, random credentials,
// and whatever is accepted of them with bytes changed.
func acceptedCredentials(t *testing.T, visit func(data []byte, u *Unverified)) {
	t.Helper()
	r := rand.New(rand.NewPCG(11, 8949))
	whole := seedCredentials(t)
	for range 200 {
		whole = append(whole, signed(t, unsignedPayload(RandomCredential(t, r))))
	}
	accepted, mutants := 0, 0
	for _, data := range whole {
		u, err := Parse(data)
		if err != nil {
			continue
		}
		visit(data, u)
		accepted++
		for range 150 {
			changed := bytes.Clone(data)
			for range 1 + r.IntN(2) {
				changed[r.IntN(len(changed)-sig.SignatureSize)] ^= 1 << r.IntN(8)
			}
			if u, err := Parse(changed); err == nil {
				visit(changed, u)
				mutants++
			}
		}
	}
	if accepted < 300 || mutants < 5000 {
		t.Fatalf("only %d credentials and %d changed ones are accepted", accepted, mutants)
	}
}

// [CRED-95] The whole message, envelope and extensions too.
func TestDecodingThenEncodingIsTheIdentityOnEverythingAccepted(t *testing.T) {
	acceptedCredentials(t, func(data []byte, u *Unverified) {
		if again := rewritten(t, u, signatureOf(data)); !bytes.Equal(again, data) {
			t.Fatalf("%x: written again %x", data, again)
		}
	})
}

func TestTwoAcceptedCredentialsOfOneMeaningAreTheSameBytes(t *testing.T) {
	seen := map[string][]byte{}
	acceptedCredentials(t, func(data []byte, u *Unverified) {
		says := meaning(t, u, signatureOf(data))
		if other, found := seen[says]; found && !bytes.Equal(other, data) {
			t.Fatalf("%x and %x both say %s", other, data, says)
		}
		seen[says] = data
	})
}

// loose writes CBOR values in forms that mean the same to a lenient reader:
// longer heads, indefinite lengths, maps and lists in another order.
type loose struct{ *rand.Rand }

// head writes a head of the given major type, now and then in a longer form.
func (l loose) head(major byte, n uint64) []byte {
	short := cborx.AppendUint(nil, n)
	if l.IntN(4) > 0 {
		short[0] |= major << 5
		return short
	}
	width := l.IntN(4) // 1, 2, 4 or 8 bytes
	for width < 3 && n>>(8<<width) > 0 {
		width++
	}
	wide := binary.BigEndian.AppendUint64(nil, n)
	return append([]byte{major<<5 | 24 + byte(width)}, wide[8-1<<width:]...)
}

// group writes the parts of an array or a map.
func (l loose) group(major byte, count int, parts [][]byte) []byte {
	content := slices.Concat(parts...)
	if l.IntN(4) == 0 {
		return append(append([]byte{major<<5 | 31}, content...), 0xff)
	}
	return append(l.head(major, uint64(count)), content...)
}

func (l loose) text(major byte, content []byte) []byte {
	if l.IntN(4) == 0 {
		return slices.Concat([]byte{major<<5 | 31}, l.head(major, uint64(len(content))), content, []byte{0xff})
	}
	return append(l.head(major, uint64(len(content))), content...)
}

func (l loose) item(t *testing.T, value any) []byte {
	t.Helper()
	var parts [][]byte
	switch v := value.(type) {
	case uint64:
		return l.head(0, v)
	case int64:
		return l.head(1, uint64(-1-v))
	case []byte:
		return l.text(2, v)
	case string:
		return l.text(3, []byte(v))
	case []any:
		lists := true // of lists: a set, whose order says nothing
		for _, element := range v {
			parts = append(parts, l.item(t, element))
			_, isList := element.([]any)
			lists = lists && isList
		}
		if lists {
			l.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		}
		return l.group(4, len(v), parts)
	case map[any]any:
		for key, element := range v { // in no order
			parts = append(parts, append(l.item(t, key), l.item(t, element)...))
		}
		return l.group(5, len(v), parts)
	}
	t.Fatalf("%T is outside the data model", value)
	return nil
}

// looseMessage writes an accepted credential in one of its other forms.
func looseMessage(t *testing.T, l loose, data []byte) []byte {
	t.Helper()
	var message []any
	if err := cbor.Unmarshal(data[1:], &message); err != nil {
		t.Fatal(err)
	}
	for _, part := range []int{0, 2} { // protected header and payload are CBOR themselves
		var inner any
		if err := cbor.Unmarshal(message[part].([]byte), &inner); err != nil {
			t.Fatal(err)
		}
		if l.IntN(2) == 0 {
			message[part] = l.item(t, inner)
		}
	}
	return append(l.head(6, 18), l.item(t, message)...)
}

func TestNoOtherFormOfAnAcceptedCredentialIsAccepted(t *testing.T) {
	l := loose{rand.New(rand.NewPCG(12, 8949))}
	refused := 0
	for _, data := range seedCredentials(t) {
		if _, err := Parse(data); err != nil {
			continue
		}
		for range 100 {
			other := looseMessage(t, l, data)
			if bytes.Equal(other, data) {
				continue
			}
			if _, err := Parse(other); err == nil {
				t.Fatalf("%x is accepted, and so is %x", data, other)
			}
			refused++
		}
	}
	if refused < 5000 {
		t.Errorf("only %d other forms tried", refused)
	}
}

// The writer of other forms proves nothing unless they mean the same.
func TestOtherFormsReadAsTheSame(t *testing.T) {
	l := loose{rand.New(rand.NewPCG(13, 8949))}
	for _, value := range []any{uint64(0), uint64(23), uint64(1 << 40), int64(-65537), []byte{1, 2}, "明",
		[]any{uint64(3), "a"}, map[any]any{uint64(1): "a", int64(-7): []byte{1}, uint64(99): []any{uint64(1)}}} {
		for range 50 {
			var read any
			data := l.item(t, value)
			if err := cbor.Unmarshal(data, &read); err != nil || fmt.Sprint(read) != fmt.Sprint(value) {
				t.Fatalf("%x reads as %v (%v), not %v", data, read, err, value)
			}
		}
	}
}
