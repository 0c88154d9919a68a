package conformance

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"github.com/tongxing/tongxing/format/transport"
	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
)

// mutator changes credentials in ways that no vector has.
type mutator struct {
	*rand.Rand
	t      *testing.T
	encode cbor.EncMode
	values []any // that stand in for others
}

func newMutator(t *testing.T, seed uint64) *mutator {
	t.Helper()
	encode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	return &mutator{rand.New(rand.NewPCG(seed, 8949)), t, encode, []any{
		uint64(0), uint64(1), uint64(2), uint64(7), uint64(8), uint64(63), uint64(64), uint64(99), uint64(100), uint64(255), uint64(256),
		uint64(43200), uint64(43201), uint64(65535), uint64(65536), uint64(6553599), uint64(6553600), uint64(1577836800), uint64(1<<32 - 1),
		uint64(1 << 32), uint64(1 << 53), uint64(1<<53 + 1), uint64(1<<63 - 1), uint64(1 << 63), uint64(1<<64 - 1),
		int64(-1), int64(-7), int64(-9), int64(-131585), int64(-65537), int64(-1 << 63), 1.5, float64(1 << 53), nil, true,
		[]byte{}, []byte{1, 2}, []byte{1, 2, 3, 4}, bytes.Repeat([]byte{7}, 16), bytes.Repeat([]byte{7}, 17), bytes.Repeat([]byte{9}, 64),
		"", "33", "00", "3", "王*", "*", "1X", "1x", "\ufeff王", "\u0301*", "𠮷*𬱖", "１８", "号号", "\U000323b0\U0001f600", "A* B* C* D* E* F* G* H*",
		[]any{}, []any{uint64(1)}, []any{uint64(1), uint64(0), uint64(5), uint64(33*65536 + 3)}, []any{uint64(0), uint64(0), uint64(0)},
		map[any]any{}, map[any]any{uint64(1): uint64(2)},
	}}
}

// bytesOf changes single bytes.
func (m *mutator) bytesOf(data []byte) []byte {
	out := bytes.Clone(data)
	for range 1 + m.IntN(3) {
		if len(out) == 0 {
			return out
		}
		at := m.IntN(len(out))
		switch m.IntN(4) {
		case 0:
			out[at] ^= 1 << m.IntN(8)
		case 1:
			out[at] = []byte{0, 0x18, 0x1b, 0x3b, 0x5f, 0x60, 0x7f, 0x80, 0x9f, 0xa0, 0xbf, 0xd2, 0xf6, 0xf9, 0xff}[m.IntN(15)]
		case 2:
			out = slices.Delete(out, at, at+1)
		default:
			out = slices.Insert(out, at, byte(m.Uint32()))
		}
	}
	return out
}

// value returns v with one value in it changed.
func (m *mutator) value(v any) any {
	switch v := v.(type) {
	case []any:
		out := slices.Clone(v)
		switch k := m.IntN(10); {
		case len(v) == 0 || k == 0:
			return append(out, m.other())
		case k == 1:
			return append(out, out[m.IntN(len(out))])
		case k == 2:
			m.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
		case k == 3:
			return out[1:]
		default:
			at := m.IntN(len(out))
			out[at] = m.value(out[at])
		}
		return out
	case map[any]any:
		out, keys := map[any]any{}, []any{}
		for key, value := range v {
			out[key] = value
			keys = append(keys, key)
		}
		slices.SortFunc(keys, func(a, b any) int { return bytes.Compare(m.marshal(a), m.marshal(b)) })
		switch k := m.IntN(10); {
		case len(keys) == 0 || k == 0:
			out[m.values[m.IntN(25)]] = m.other()
		case k == 1:
			delete(out, keys[m.IntN(len(keys))])
		default:
			key := keys[m.IntN(len(keys))]
			out[key] = m.value(out[key])
		}
		return out
	}
	return m.other()
}

func (m *mutator) other() any { return m.values[m.IntN(len(m.values))] }

func (m *mutator) marshal(v any) []byte {
	data, err := m.encode.Marshal(v)
	if err != nil {
		m.t.Fatal(err)
	}
	return data
}

// message changes a value in the header, the payload or the message itself, and
// writes it as the format does; what is no message has its bytes changed.
func (m *mutator) message(data []byte) []byte {
	var parts []any
	if len(data) == 0 || cbor.Unmarshal(data[1:], &parts) != nil || len(parts) != 4 {
		return m.bytesOf(data)
	}
	at := []int{0, 2, 2, 2, 2, 2}[m.IntN(6)]
	inner, isBytes := parts[at].([]byte)
	var content any
	if !isBytes || cbor.Unmarshal(inner, &content) != nil || m.IntN(20) == 0 {
		return append([]byte{data[0]}, m.marshal(m.value(parts))...)
	}
	parts[at] = m.marshal(m.value(content))
	return append([]byte{data[0]}, m.marshal(parts)...)
}

// text changes single characters.
func (m *mutator) text(text string) string {
	out := []rune(text)
	for range 1 + m.IntN(3) {
		at := m.IntN(len(out) + 1)
		odd := []rune(" 0aZx:%\ufeff\u200b\u3000\u0085\u180e𠮷０ıß\x00\n")
		switch {
		case at == len(out) || m.IntN(3) == 0:
			out = slices.Insert(out, at, odd[m.IntN(len(odd))])
		case m.IntN(2) == 0:
			out[at] = odd[m.IntN(len(odd))]
		default:
			out = slices.Delete(out, at, at+1)
		}
	}
	return string(out)
}

// TestTwoImplementationsAgreeOnWhatNobodyHasTried: the vectors are inputs that
// somebody thought of; most of these are not.
func TestTwoImplementationsAgreeOnWhatNobodyHasTried(t *testing.T) {
	m, other, ours := newMutator(t, 3), node(t), own(t)
	all := load(t)
	withBytes := slices.DeleteFunc(slices.Clone(all), func(v vectors.Vector) bool { return v.CBOR == nil || v.Trust == nil })
	reasons := map[string]int{}
	for id := range uint64(2500) {
		v := withBytes[m.IntN(len(withBytes))]
		text := ""
		switch k := m.IntN(10); {
		case k < 6:
			text = transport.Encode(m.message(v.CBOR))
		case k < 7:
			text = transport.EncodeDigits(m.message(v.CBOR))
		case k < 8:
			text = transport.Encode(m.bytesOf(v.CBOR))
		default:
			text = m.text(all[m.IntN(len(all))].Text)
		}
		r := &Request{ID: id + 1, Text: text, Time: v.Time, Trust: v.Trust}
		theirs, err := other.Reason(t.Context(), r)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		got, err := ours.Reason(t.Context(), r)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got != theirs {
			t.Errorf("near %s: ours %s, the other %s: %q", v.Name, got, theirs, text)
		}
		reasons[got]++
	}
	for _, reason := range []string{"encoding", "envelope", "claims", "signature_invalid", "not_a_code", "damaged_text"} {
		if reasons[reason] < 20 {
			t.Errorf("%d of %s: too few to prove anything; %v", reasons[reason], reason, reasons)
		}
	}
}

// [VERIFY-53] [CONF-8]
func TestTwoImplementationsAgreeOnVenuesAndPoliciesThatNobodyPaired(t *testing.T) {
	random, other, ours := rand.New(rand.NewPCG(6, 8949)), node(t), own(t)
	shown := slices.DeleteFunc(load(t), func(v vectors.Vector) bool { return v.Trust == nil || v.Trust.Policy == nil })
	codes := slices.DeleteFunc(load(t), func(v vectors.Vector) bool {
		stated := v.Good() || v.Expect == spec.ReasonAdverseWithoutRule || v.Expect == spec.ReasonStateUnknown
		return !stated || v.Trust == nil || !slices.Equal(v.Trust.Regions[0].Keys[0].KID, shown[0].Trust.Regions[0].Keys[0].KID)
	})
	if len(shown) < 30 || len(codes) < 100 {
		t.Fatalf("%d vectors with a policy, %d codes: too few to prove anything", len(shown), len(codes))
	}
	reasons := map[string]int{}
	for id := range uint64(250) {
		code, policy := codes[random.IntN(len(codes))], shown[random.IntN(len(shown))]
		r := &Request{id + 1, code.Text, code.Time.Add(time.Duration(random.IntN(7200)-1800) * time.Second), policy.Trust, nil,
			&vectors.Venue{Class: []uint16{0, 3, 8, 9, 12, 15}[random.IntN(6)], Region: []string{"", "33", "41", "34"}[random.IntN(4)]}}
		got, err := ours.Reason(t.Context(), r)
		if err != nil {
			t.Fatalf("%s under %s: %v", code.Name, policy.Name, err)
		}
		if theirs, err := other.Reason(t.Context(), r); err != nil || got != theirs {
			t.Errorf("%s under %s, %+v: ours %s, the other %s, %v", code.Name, policy.Name, *r.Venue, got, theirs, err)
		}
		reasons[got]++
	}
	for _, reason := range []string{"ok", "requirement_unmet", "no_status", "no_status_list", "adverse_without_rule", "restricted", "trust_stale"} {
		if reasons[reason] < 2 {
			t.Errorf("%d of %s: too few to prove anything; %v", reasons[reason], reason, reasons)
		}
	}
}

// [VERIFY-70] [VERIFY-71] [VERIFY-72]
func TestTwoImplementationsAgreeOnCodesAndDocumentsThatNobodyPaired(t *testing.T) {
	random, other, ours := rand.New(rand.NewPCG(4, 8949)), node(t), own(t)
	shown := slices.DeleteFunc(load(t), func(v vectors.Vector) bool { return v.Presented == nil })
	if len(shown) < 40 {
		t.Fatalf("%d vectors with a document: too few to prove anything", len(shown))
	}
	reasons := map[string]int{}
	for id := range uint64(250) {
		code, person := shown[random.IntN(len(shown))], shown[random.IntN(len(shown))]
		r := &Request{id + 1, code.Text, code.Time, code.Trust, person.Presented, code.Venue}
		got, err := ours.Reason(t.Context(), r)
		if err != nil {
			t.Fatalf("%s with the document of %s: %v", code.Name, person.Name, err)
		}
		theirs, err := other.Reason(t.Context(), r)
		if err != nil || got != theirs {
			t.Errorf("%s with the document of %s: ours %s, the other %s, %v", code.Name, person.Name, got, theirs, err)
		}
		reasons[got]++
	}
	if reasons["ok"] < 25 || reasons["holder_mismatch"] < 25 {
		t.Errorf("%v: too few to prove anything", reasons)
	}
}
