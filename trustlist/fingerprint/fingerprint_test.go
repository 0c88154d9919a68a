package fingerprint_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tongxing/tongxing/spec"
	"github.com/tongxing/tongxing/spec/vectors"
	"github.com/tongxing/tongxing/trustlist/fingerprint"
)

func Example() {
	var hash [32]byte
	for i := range hash {
		hash[i] = byte(i)
	}
	fmt.Println(fingerprint.Words(hash))
	_, err := fingerprint.Parse(strings.Replace(fingerprint.Words(hash), "于", "於", 1))
	fmt.Println(err)
	// Output:
	// 的三欧三 考于据保 量损破九 人雄修麦 最仓面约 袋天绍汁
	// fingerprint: character 6, "於", is in no fingerprint
}

func TestTheListHasEveryNumberOnce(t *testing.T) {
	words := spec.FingerprintWords()
	if len(words) != 2048 {
		t.Fatalf("%d words", len(words))
	}
	seen := map[string]bool{}
	for _, word := range words {
		if utf8.RuneCountInString(word) != 1 || seen[word] {
			t.Errorf("%q is not one character, or stands twice", word)
		}
		seen[word] = true
	}
}

// [TRUST-120] [TRUST-121]
func TestFingerprintsAreThoseOfTheVectors(t *testing.T) {
	derived, err := vectors.LoadDerived()
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, c := range derived.Fingerprints {
		hash, err := fingerprint.Parse(c.Words)
		if len(c.Hash) == 0 {
			refused++
			var word *fingerprint.WordError
			if err == nil || errors.As(err, &word) != (c.Wrong != 0) || word != nil && word.Position != c.Wrong {
				t.Errorf("%s: %v, want a fault at %d", c.Words, err, c.Wrong)
			}
			continue
		}
		if err != nil || !slices.Equal(hash[:], c.Hash) {
			t.Errorf("%s is %x, %v, want %x", c.Words, hash, err, []byte(c.Hash))
		}
		if fingerprint.Words([32]byte(c.Hash)) != c.Words {
			t.Errorf("%x is %s, want %s", []byte(c.Hash), fingerprint.Words([32]byte(c.Hash)), c.Words)
		}
	}
	if refused < 3 {
		t.Errorf("%d cases are refused", refused)
	}
}

func TestBlanksAndFormDoNotMatter(t *testing.T) {
	hash := sha256.Sum256([]byte("root"))
	words := fingerprint.Words(hash)
	for _, typed := range []string{
		words, strings.ReplaceAll(words, " ", ""), " " + strings.ReplaceAll(words, " ", "\u3000\n"),
		strings.Join(strings.Split(words, ""), " "),
		fmt.Sprintf("%x", hash), fmt.Sprintf("%X", hash), fmt.Sprintf("% x", hash),
	} {
		if got, err := fingerprint.Parse(typed); err != nil || got != hash {
			t.Errorf("%q: %x, %v", typed, got, err)
		}
		if !fingerprint.Resembles(typed) {
			t.Errorf("%q does not resemble a fingerprint", typed)
		}
	}
}

// Any one character in the place of another is found, but for the 1 in 256 that
// eight bits let through.
func TestOneWrongWordIsFound(t *testing.T) {
	hash := sha256.Sum256([]byte("list"))
	typed := strings.Split(strings.ReplaceAll(fingerprint.Words(hash), " ", ""), "")
	all := spec.FingerprintWords()
	tried, missed := 0, 0
	for place := range typed {
		for _, word := range all {
			if word == typed[place] {
				continue
			}
			wrong := slices.Clone(typed)
			wrong[place] = word
			text := strings.Join(wrong, "")
			tried++
			if got, err := fingerprint.Parse(text); err == nil {
				missed++
				if got == hash {
					t.Fatalf("%s is read as the same hash", text)
				}
			} else if !errors.Is(err, fingerprint.ErrChecksum) {
				t.Fatal(err)
			}
			if places := fingerprint.Differences(text, hash); !slices.Equal(places, []int{place + 1}) {
				t.Fatalf("%s differs at %v, want %d", text, places, place+1)
			}
		}
	}
	if missed > tried/200 {
		t.Errorf("%d of %d wrong fingerprints are taken", missed, tried)
	}
}

func TestOtherLengthsAreRefused(t *testing.T) {
	words := strings.ReplaceAll(fingerprint.Words(sha256.Sum256(nil)), " ", "")
	for text, want := range map[string][2]int{
		"":                         {0, 24},
		words[:len(words)-3]:       {23, 24},
		words + "的":                {25, 24},
		strings.Repeat("a", 63):    {63, 64},
		strings.Repeat("a", 65):    {65, 64},
		strings.Repeat("的", 10000): {10000, 24},
	} {
		var length *fingerprint.LengthError
		if _, err := fingerprint.Parse(text); !errors.As(err, &length) || [2]int{length.Have, length.Want} != want {
			t.Errorf("%.80s: %v, want %v", text, err, want)
		}
		if fingerprint.Differences(text, sha256.Sum256(nil)) != nil {
			t.Errorf("%.80s is compared", text)
		}
	}
}

func TestANameOfAFileIsNoFingerprint(t *testing.T) {
	for _, name := range []string{"root.cose", "trust/root.cose", "国家根.cose", "国家根", "a", "",
		strings.Repeat("的", 24) + ".cose", strings.Repeat("ab/", 30)} {
		if fingerprint.Resembles(name) {
			t.Errorf("%q", name)
		}
	}
	for _, typed := range []string{strings.Repeat("龘", 24), strings.Repeat("的", 22), strings.Repeat("0", 63)} {
		if !fingerprint.Resembles(typed) {
			t.Errorf("%q is not told from a file", typed)
		}
	}
}

func FuzzParse(f *testing.F) {
	derived, err := vectors.LoadDerived()
	if err != nil {
		f.Fatal(err)
	}
	for _, c := range derived.Fingerprints {
		f.Add(c.Words)
		f.Add(fmt.Sprintf("%x", []byte(c.Hash)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		hash, err := fingerprint.Parse(text)
		if err != nil {
			if hash != [32]byte{} {
				t.Fatal("a hash beside an error")
			}
			return
		}
		if again, err := fingerprint.Parse(fingerprint.Words(hash)); err != nil || again != hash {
			t.Fatalf("%q is %x, which comes back as %x, %v", text, hash, again, err)
		}
	})
}

// A slip in hexadecimal digits is told where it is, not at the first digit.
func TestAWrongHexadecimalDigitIsNamed(t *testing.T) {
	text := strings.Repeat("5c", sha256.Size)
	for _, place := range []int{1, 2, 33, 64} {
		typed := text[:place-1] + "z" + text[place:]
		_, err := fingerprint.Parse(typed)
		var word *fingerprint.WordError
		if !errors.As(err, &word) || word.Position != place || word.Word != "z" {
			t.Errorf("Parse(%q) = %v, want character %d", typed, err, place)
		}
	}
}
