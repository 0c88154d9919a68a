package sig

import (
	"bytes"
	"encoding/asn1"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"os"
	"testing"
)

// canonical returns r || s by encoding/asn1, if der is what encoding/asn1 makes
// of two integers from 1 to 2^256-1: the oracle of these tests.
func canonical(der []byte) []byte {
	var v struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &v); err != nil || len(rest) > 0 {
		return nil
	}
	if v.R.Sign() <= 0 || v.S.Sign() <= 0 || v.R.BitLen() > 256 || v.S.BitLen() > 256 {
		return nil
	}
	if again, err := asn1.Marshal(v); err != nil || !bytes.Equal(again, der) {
		return nil
	}
	return append(v.R.FillBytes(make([]byte, 32)), v.S.FillBytes(make([]byte, 32))...)
}

func TestDERHasOneForm(t *testing.T) {
	for _, c := range []struct{ name, hex string }{
		{"nothing", ""},
		{"sequence alone", "30"},
		{"empty sequence", "3000"},
		{"one integer", "3003020101"},
		{"three integers", "3009020101020101020101"},
		{"set", "3106020101020101"},
		{"length too long", "3007020101020101"},
		{"length too short", "3005020101020101"},
		{"trailing byte", "300602010102010100"},
		{"trailing byte inside", "300702010102010100"},
		{"length in two bytes", "308106020101020101"},
		{"length in three bytes", "30820006020101020101"},
		{"indefinite length", "30800201010201010000"},
		{"integer length in two bytes", "300702810101020101"},
		{"octet string", "3006040101020101"},
		{"empty integer", "30050200020101"},
		{"zero r", "3006020100020101"},
		{"zero s", "3006020101020100"},
		{"negative r", "30060201ff020101"},
		{"negative s", "3006020101020180"},
		{"leading zero", "300702020001020101"},
		{"leading zeros", "30080203000080020101"},
		{"leading zero of s", "300702010102020001"},
		{"length beyond the end", "3006020101020201"},
		{"33 bytes", "3026022101" + hex.EncodeToString(make([]byte, 32)) + "020101"},
		{"34 bytes", "302702220080" + hex.EncodeToString(make([]byte, 32)) + "020101"},
		{"r || s", hex.EncodeToString(bytes.Repeat([]byte{0x30}, 64))},
	} {
		der, err := hex.DecodeString(c.hex)
		if err != nil {
			t.Fatal(err)
		}
		if rs, err := FromDER(der); err == nil || rs != nil {
			t.Errorf("%s: %x, %v", c.name, rs, err)
		}
		if canonical(der) != nil {
			t.Errorf("%s: encoding/asn1 accepts it", c.name)
		}
	}
}

func TestDERIsThatOfEncodingASN1(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 62))
	for range 5000 {
		rs := make([]byte, SignatureSize)
		for i := range rs {
			rs[i] = byte(r.Uint32())
		}
		clear(rs[:r.IntN(33)*r.IntN(2)]) // leading zeros, every now and then
		clear(rs[32 : 32+r.IntN(33)*r.IntN(2)])
		der := appendDER(nil, rs)
		if len(der) > maxDERSize {
			t.Fatalf("%d bytes, at most %d", len(der), maxDERSize)
		}
		if got, want := bytes.Clone(canonical(der)), rs; isZero(rs[:32]) || isZero(rs[32:]) {
			if got != nil {
				t.Fatalf("%x: zero accepted", rs)
			}
		} else if !bytes.Equal(got, want) {
			t.Fatalf("%x: %x", rs, der)
		}
		got, err := FromDER(der)
		if want := canonical(der); (err == nil) != (want != nil) || !bytes.Equal(got, want) {
			t.Fatalf("%x: %x, %v, want %x", der, got, err, want)
		}
	}
}

func isZero(b []byte) bool { return len(bytes.Trim(b, "\x00")) == 0 }

// FuzzFromDER compares FromDER with encoding/asn1 on any bytes. The seeds are
// the signatures of the Wycheproof file, valid and not.
func FuzzFromDER(f *testing.F) {
	content, err := os.ReadFile("testdata/ecdsa_secp256r1_sha256_p1363_test.json")
	if err != nil {
		f.Fatal(err)
	}
	var w struct {
		TestGroups []struct{ Tests []struct{ Sig string } }
	}
	if err := json.Unmarshal(content, &w); err != nil || len(w.TestGroups) == 0 {
		f.Fatalf("%d groups, %v", len(w.TestGroups), err)
	}
	for _, group := range w.TestGroups {
		for _, c := range group.Tests {
			rs, err := hex.DecodeString(c.Sig)
			if err != nil {
				f.Fatal(err)
			}
			if len(rs) == SignatureSize {
				rs = appendDER(nil, rs)
			}
			f.Add(rs)
		}
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		got, err := FromDER(der)
		want := canonical(der)
		if (err == nil) != (want != nil) || !bytes.Equal(got, want) {
			t.Fatalf("%x: %x, %v, want %x", der, got, err, want)
		}
		if err == nil && !bytes.Equal(appendDER(nil, got), der) {
			t.Fatalf("%x: read as %x, which is written %x", der, got, appendDER(nil, got))
		}
	})
}
