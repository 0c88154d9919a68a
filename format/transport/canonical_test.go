package transport_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/tongxing/tongxing/format/transport"
)

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// checkOneTextPerData decodes every code that begin and a group of the given
// characters form, and fails when two, trimmed, give the same bytes or when the accepted
// ones are not as many as there are bytes to say.
func checkOneTextPerData(t *testing.T, begin, characters string, length, want int) {
	t.Helper()
	seen := make(map[string]string, want)
	group := make([]byte, length)
	total := 1
	for range length {
		total *= len(characters)
	}
	for number := range total {
		for i, rest := 0, number; i < length; i, rest = i+1, rest/len(characters) {
			group[i] = characters[rest%len(characters)]
		}
		code := strings.TrimSpace(begin + string(group))
		data, err := transport.Decode(code)
		if err != nil {
			continue
		}
		if other, found := seen[string(data)]; found && other != code {
			t.Fatalf("%q and %q both stand for %x", code, other, data)
		}
		seen[string(data)] = code
	}
	if len(seen) != want {
		t.Errorf("%d groups of %d characters accepted, want %d", len(seen), length, want)
	}
}

func TestEveryGroupStandsForItsBytesAlone(t *testing.T) {
	digits := transport.EncodeDigits(random(70))
	checkOneTextPerData(t, "TX1:", alphabet, 1, 0)
	checkOneTextPerData(t, "TX1:", alphabet, 2, 1<<8)
	checkOneTextPerData(t, "TX1:", alphabet, 3, 1<<16+1<<8) // two and a blank: trimmed
	for length, want := range []int{1, 0, 0, 1 << 8, 0, 1 << 16} {
		checkOneTextPerData(t, digits, "0123456789", length, want)
	}
}

// TestEveryChangedCharacterIsRefusedOrOtherData changes every character of a code to every byte: what
// is still accepted must be the one encoding of what it decodes to.
func TestEveryChangedCharacterIsRefusedOrOtherData(t *testing.T) {
	data := random(164)
	for name, encode := range map[string]func([]byte) string{"text": transport.Encode, "digits": transport.EncodeDigits} {
		t.Run(name, func(t *testing.T) {
			code := encode(data)
			for i := range code {
				for b := range 256 {
					changed := code[:i] + string([]byte{byte(b)}) + code[i+1:]
					got, err := transport.Decode(changed)
					if err != nil || changed == code {
						continue
					}
					if bytes.Equal(got, data) || encode(got) != changed {
						t.Fatalf("byte %d changed to %#x: a second text for %x", i, b, got)
					}
				}
			}
		})
	}
}

func TestEveryTruncationIsRefusedOrOtherData(t *testing.T) {
	data := random(164)
	for _, encode := range []func([]byte) string{transport.Encode, transport.EncodeDigits} {
		code := encode(data)
		for n := range code {
			for _, cut := range []string{code[:n], code[n+1:], code[:n] + code[n+1:]} {
				got, err := transport.Decode(cut)
				if err == nil && (bytes.Equal(got, data) || encode(got) != strings.TrimSpace(cut)) {
					t.Fatalf("cut to %q: a second text for %x", cut, got)
				}
			}
		}
	}
}

func ExampleDamagedError() {
	_, err := transport.Decode("TX1:UJCLQE7W58")
	fmt.Println(err)
	_, err = transport.Decode("TX1:UJC:::7W581")
	fmt.Println(err)
	// Output:
	// damaged code: length that no data gives at byte 14
	// damaged code: group of characters with too large a value at byte 7
}
