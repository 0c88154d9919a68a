package fonts

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
)

// The sums of what the script make writes: a file that was exchanged by hand
// would no longer be what the licence and the comment say.
func TestFilesAreWhatTheScriptMakes(t *testing.T) {
	want := []string{
		"ead6d680e549f7121f4f1bc53b70534e19f18dc786a1b29b910778a7c55ef353",
		"fe7d2cd5e714212a5998200ba619a5d26d16ae6e19af894fd246014de3dcef08",
		"37a148ed7fe524d35b2383ecd9115e27ec4950fe83773ca44a1cfbf0e151a01c",
		"104fcef095aea78a0b4878e38410d10801c7011ace6dfee4cfc9c91279416412",
	}
	files := Files()
	if len(files) != len(want) {
		t.Fatalf("%d files, want %d", len(files), len(want))
	}
	for i, file := range files {
		sum := sha256.Sum256(file)
		if got := hex.EncodeToString(sum[:]); got != want[i] {
			t.Errorf("file %d: %s, want %s", i, got, want[i])
		}
	}
}

func TestTheLicenceGoesWithTheFonts(t *testing.T) {
	for _, part := range []string{"SIL OPEN FONT LICENSE Version 1.1", "Copyright 2014-2021 Adobe"} {
		if !strings.Contains(Licence, part) {
			t.Errorf("the licence lacks %q", part)
		}
	}
}
