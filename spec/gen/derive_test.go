package main

import (
	"encoding/hex"
	"math/big"
	"testing"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func standardExampleKey(t *testing.T) *key {
	t.Helper()
	k := &key{name: "GM/T 0003.5", alg: algSM2, curve: curveOf(algSM2), d: new(big.Int)}
	if _, ok := k.d.SetString("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8", 16); !ok {
		t.Fatal("d")
	}
	k.x, k.y = k.curve.ScalarBaseMult(k.d.Bytes())
	if got := k.x.Text(16); got != "9f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020" {
		t.Fatalf("x = %s", got)
	}
	return k
}

// Figures that do not come from this program: RFC 9285's examples, the check
// character of the standard's own example number, the heads of RFC 8949's
// appendix A.
func TestFiguresOfTheStandards(t *testing.T) {
	for text, want := range map[string]string{"AB": "BB8", "Hello!!": "%69 VD92EX0", "base-45": "UJCLQE7W581", "ietf!": "QED8WEX0"} {
		if got := base45([]byte(text)); got != want {
			t.Errorf("base45(%q) = %q, want %q", text, got, want)
		}
	}
	if got := withCheckCharacter("11010519491231002"); got != "11010519491231002X" {
		t.Errorf("GB 11643: %s", got)
	}
	for n, want := range map[int64]string{0: "00", 23: "17", 24: "1818", 100: "1864", 1000: "1903e8", 1000000: "1a000f4240", -1: "20", -10: "29", -100: "3863", -1000: "3903e7"} {
		if got := hexOf(intOf(n)); got != want {
			t.Errorf("%d is %s, want %s", n, got, want)
		}
	}
	if got := digitsForm([]byte("base-45")); got != "86127691695964238901" {
		t.Errorf("digits: %s", got)
	}
}

func TestMaskedNamesThatPeopleHaveRead(t *testing.T) {
	for name, want := range map[string]string{
		"明": "明", "王明": "王*", "王小明": "王*明", "买买提•吐尔逊": "买*逊", "王　明": "王*",
		"John Smith": "J* S*", "O'Brien": "O*", "Jean-Luc Picard": "J* P*", "𠮷野家": "𠮷*家",
		"E\u0301ric": "É*", "佐藤 John": "佐*n", "Ｊｏｈｎ　Ｓｍｉｔｈ": "J* S*",
		"A B C D E F G H I J": "A* B* C* D* E* F* G* H*",
	} {
		if got, err := maskName(name); err != nil || got != want {
			t.Errorf("maskName(%q) = %q, %v, want %q", name, got, err, want)
		}
	}
}
