package norm

// Syllables of Hangul and the letters (jamo) that they consist of, Unicode
// 3.12: a syllable is a leading consonant, a vowel and perhaps a trailing
// consonant, numbered in that order.
const (
	syllables = 0xac00
	leadings  = 0x1100
	vowels    = 0x1161
	trailings = 0x11a7 // one before the first: 0 is no trailing consonant

	leadingCount  = 19
	vowelCount    = 21
	trailingCount = 28
	syllableCount = leadingCount * vowelCount * trailingCount
)

func isSyllable(r rune) bool { return r >= syllables && r < syllables+syllableCount }
func isLeading(r rune) bool  { return r >= leadings && r < leadings+leadingCount }
func isVowel(r rune) bool    { return r >= vowels && r < vowels+vowelCount }
func isTrailing(r rune) bool { return r > trailings && r < trailings+trailingCount }

// jamo returns the letters of a syllable; the third is 0 when there are two.
func jamo(syllable rune) [3]rune {
	n := syllable - syllables
	letters := [3]rune{
		leadings + n/(vowelCount*trailingCount),
		vowels + n%(vowelCount*trailingCount)/trailingCount,
		trailings + n%trailingCount,
	}
	if letters[2] == trailings {
		letters[2] = 0
	}
	return letters
}

// syllable joins a leading consonant and a vowel, or a syllable of these two and
// a trailing consonant.
func syllable(first, second rune) (rune, bool) {
	switch {
	case isLeading(first) && isVowel(second):
		return syllables + ((first-leadings)*vowelCount+second-vowels)*trailingCount, true
	case isSyllable(first) && (first-syllables)%trailingCount == 0 && isTrailing(second):
		return first + second - trailings, true
	}
	return 0, false
}
