package main

import (
	"fmt"
	"math/big"
	"strings"
)

const alphabet45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// textForm is "TX1:" and base45.
func textForm(data []byte) string { return "TX1:" + base45(data) }

func base45(data []byte) string {
	var b strings.Builder
	for len(data) > 1 {
		n := int(data[0])*256 + int(data[1])
		b.WriteString(group45(n, 3))
		data = data[2:]
	}
	if len(data) == 1 {
		b.WriteString(group45(int(data[0]), 2))
	}
	return b.String()
}

// group45 writes n as a group of base45 characters, least significant first;
// n may be more than any bytes give.
func group45(n, characters int) string {
	group := make([]byte, characters)
	for i := range group {
		group[i] = alphabet45[n%45]
		n /= 45
	}
	return string(group)
}

// digitsForm is "861" and 17 digits for every 7 bytes.
func digitsForm(data []byte) string {
	var b strings.Builder
	b.WriteString("861")
	tails := []int{0, 3, 5, 8, 10, 13, 15, 17}
	for len(data) > 0 {
		n := min(7, len(data))
		fmt.Fprintf(&b, "%0*d", tails[n], new(big.Int).SetBytes(data[:n]))
		data = data[n:]
	}
	return b.String()
}
