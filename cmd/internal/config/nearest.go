package config

// nearest returns the word of a list that needs the fewest changes to become the one
// given: letters put in, left out, changed, or two of them exchanged (the distance of
// Damerau and Levenshtein, on adjacent letters). "" where every one needs more than
// one in three of its letters, and more than one.
func nearest(given string, words []string) string {
	best, least := "", -1
	for _, word := range words {
		d := distance(given, word)
		if d <= max(1, len(word)/3) && (least < 0 || d < least) {
			best, least = word, d
		}
	}
	return best
}

// maxWord bounds what is compared; longer words are near to none.
const maxWord = 64

func distance(a, b string) int {
	if len(a) > maxWord || len(b) > maxWord {
		return maxWord
	}
	var rows [3][maxWord + 1]int // of the table, the last three
	for j := range len(b) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		row, above, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			changed := above[j-1]
			if a[i-1] != b[j-1] {
				changed++
			}
			row[j] = min(above[j]+1, row[j-1]+1, changed)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return rows[len(a)%3][len(b)]
}
