package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var firstRun = sync.OnceValues(generate)

func TestCommittedFileIsThatOfTheGenerator(t *testing.T) {
	want, err := firstRun()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "..", "vectors", "sm2", fileName))
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("the file is not what the generator writes (go run ./spec/gen/sm2set): %v", err)
	}
}

func TestTwoRunsWriteTheSameFile(t *testing.T) {
	first, err := firstRun()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := run(folder); err != nil {
		t.Fatal(err)
	}
	if second, err := os.ReadFile(filepath.Join(folder, fileName)); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the second run writes another file: %v", err)
	}
}

// Whatever the set is to test must not have made it.
func TestGeneratorImportsTheStandardLibraryAlone(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range strings.Fields(string(out)) {
		if first, _, _ := strings.Cut(path, "/"); strings.Contains(first, ".") && !strings.HasSuffix(path, "/spec/gen/sm2set") {
			t.Errorf("imports %s", path)
		}
	}
}

// Figures that do not come from this program: the examples of GB/T 32905 annex A
// and of GM/T 0003.5 annex A.
func TestFiguresOfTheStandards(t *testing.T) {
	for message, want := range map[string]string{
		"abc":                      "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		strings.Repeat("abcd", 16): "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732",
	} {
		if got := hex.EncodeToString(sm3([]byte(message))); got != want {
			t.Errorf("SM3(%q) = %s, want %s", message, got, want)
		}
	}
	content, err := firstRun()
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := json.Unmarshal(content, &f); err != nil {
		t.Fatal(err)
	}
	const qx, rs = "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020",
		"f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3" +
			"b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
	if g := f.TestGroups[0]; g.PublicKey.WX != qx || g.Tests[0].Sig != rs {
		t.Errorf("x = %s, signature %s", g.PublicKey.WX, g.Tests[0].Sig)
	}
}

func TestPointsAreAGroupOfOrderN(t *testing.T) {
	if !base.multiply(n).infinite() || !base.multiply(new(big.Int)).infinite() {
		t.Error("nG is not the point at infinity")
	}
	if q := base.multiply(minus(n, one)); q.x.Cmp(base.x) != 0 || q.y.Cmp(base.negate().y) != 0 {
		t.Error("(n-1)G is not -G")
	}
	if sum := base.add(base.negate()); !sum.infinite() {
		t.Error("G - G is not the point at infinity")
	}
	five := base.multiply(big.NewInt(5))
	if q := base.add(base).add(base.add(base)).add(base); q.x.Cmp(five.x) != 0 || q.y.Cmp(five.y) != 0 {
		t.Error("2G + 2G + G is not 5G")
	}
	for _, q := range []point{base, five} {
		y2 := modulo(times(q.y, q.y), p)
		if right := modulo(plus(times(q.x, plus(times(q.x, q.x), a)), b), p); y2.Cmp(right) != 0 {
			t.Errorf("%x is not on the curve", q.x)
		}
	}
}

func TestACaseWithAWrongVerdictIsRefused(t *testing.T) {
	k := standardKey()
	g := k.sign(defaultID, sample, nil)
	for name, fill := range map[string]func(s *suite){
		"right, stated invalid": func(s *suite) { s.invalid("Normal", "case", sample, g.bytes()) },
		"wrong, stated valid":   func(s *suite) { s.valid("Normal", "case", nil, g) },
		"unknown flag":          func(s *suite) { s.valid("NoSuchFlag", "case", sample, g) },
		"twice":                 func(s *suite) { s.valid("Normal", "a", sample, g); s.valid("Normal", "b", sample, g) },
	} {
		s := &suite{key: k}
		fill(s)
		if _, err := s.build(0); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
