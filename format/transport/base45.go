package transport

// alphabet is the one of RFC 9285, table 1, which is that of the QR
// alphanumeric mode.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// The weights of the three characters of a group, least significant first.
const (
	weight1 = 45
	weight2 = 45 * 45
)

// invalid stands for a character outside the alphabet: a value above that of
// any two bytes, so that one comparison finds overflows and wrong characters.
const invalid = 1 << 16

var (
	base45Values = newBase45Values()
	base45Pairs  = newBase45Pairs()
)

func newBase45Values() (values [256]uint32) {
	for i := range values {
		values[i] = invalid
	}
	for i := range len(alphabet) {
		values[alphabet[i]] = uint32(i)
	}
	return values
}

// newBase45Pairs returns the two characters of every value below 45*45.
func newBase45Pairs() (pairs [weight2][2]byte) {
	for i := range pairs {
		pairs[i] = [2]byte{alphabet[i%weight1], alphabet[i/weight1]}
	}
	return pairs
}

// base45Length returns the number of characters for n bytes.
func base45Length(n int) int { return n/2*3 + n%2*2 }

// appendBase45 appends the characters of data to dst.
func appendBase45(dst, data []byte) []byte {
	start := len(dst)
	dst = extend(dst, base45Length(len(data)))
	out := dst[start:]
	for len(data) >= 2 && len(out) >= 3 {
		value := uint32(data[0])<<8 | uint32(data[1])
		high := value / weight2
		low := base45Pairs[value-high*weight2]
		out[0], out[1], out[2] = low[0], low[1], alphabet[high]
		data, out = data[2:], out[3:]
	}
	if len(data) == 1 {
		pair := base45Pairs[data[0]]
		out[0], out[1] = pair[0], pair[1]
	}
	return dst
}

// decodeBase45 returns the bytes of a text. The offset of the error counts from
// the beginning of the text.
func decodeBase45(text string) ([]byte, *DamagedError) {
	whole := len(text) / 3 * 3
	rest := len(text) - whole
	if rest == 1 || len(text) == 0 {
		// A wrong character, if there is one, says more than the length.
		if damage := findCharacter(text); damage != nil {
			return nil, damage
		}
		return nil, &DamagedError{Offset: len(text), Problem: WrongLength}
	}
	data := make([]byte, whole/3*2+rest/2)
	out := data
	for in := text; len(in) >= 3 && len(out) >= 2; in, out = in[3:], out[2:] {
		value := base45Values[in[0]] + weight1*base45Values[in[1]] + weight2*base45Values[in[2]]
		if value > 0xffff {
			return nil, explainBase45(text, len(text)-len(in))
		}
		out[0], out[1] = byte(value>>8), byte(value)
	}
	if rest == 2 {
		value := base45Values[text[whole]] + weight1*base45Values[text[whole+1]]
		if value > 0xff {
			return nil, explainBase45(text, whole)
		}
		out[0] = byte(value)
	}
	return data, nil
}

// explainBase45 says what is wrong with the group at offset.
func explainBase45(text string, offset int) *DamagedError {
	group := text[offset:min(offset+3, len(text))]
	if damage := findCharacter(group); damage != nil {
		damage.Offset += offset
		return damage
	}
	return &DamagedError{Offset: offset, Problem: Overflow}
}

// findCharacter returns the first character outside the alphabet, or nil.
func findCharacter(text string) *DamagedError {
	for i := range len(text) {
		switch c := text[i]; {
		case 'a' <= c && c <= 'z':
			return &DamagedError{Offset: i, Problem: LowerCase}
		case base45Values[c] == invalid:
			return &DamagedError{Offset: i, Problem: WrongCharacter}
		}
	}
	return nil
}

// extend returns dst with n more bytes of any content.
func extend(dst []byte, n int) []byte {
	if total := len(dst) + n; total <= cap(dst) {
		return dst[:total]
	}
	return append(dst, make([]byte, n)...)
}
