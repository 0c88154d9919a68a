package issuer

import "testing"

// TestOneOfEachHundredIsChosenAndEachAsOften counts which is chosen, over many
// hundreds: a position that is never looked at is where a fault would hide.
func TestOneOfEachHundredIsChosenAndEachAsOften(t *testing.T) {
	const n, rounds = 100, 20_000
	var chosen [n]int
	var d draw
	for range rounds {
		for k := range n {
			taken := d.take([]byte{byte(k)}, n)
			if (taken != nil) != (k == n-1) {
				t.Fatalf("after %d of %d: %v", k+1, n, taken)
			}
			if taken != nil {
				chosen[taken[0]]++
			}
		}
	}
	for k, times := range chosen {
		if times < 100 || times > 320 { // 200 expected, 14 standard deviation
			t.Errorf("number %d is chosen %d times in %d", k, times, rounds)
		}
	}
}

// TestAPartOfAHundredHasItsChosenOneToo holds "at least one a chunk".
func TestAPartOfAHundredHasItsChosenOneToo(t *testing.T) {
	for many := 1; many <= 250; many++ {
		var d draw
		var looked int
		for k := range many {
			if d.take([]byte{byte(k)}, 100) != nil {
				looked++
			}
		}
		if d.chosen != nil {
			looked++
		}
		if want := (many + 99) / 100; looked != want {
			t.Errorf("of %d, %d are looked at, want %d", many, looked, want)
		}
	}
}
