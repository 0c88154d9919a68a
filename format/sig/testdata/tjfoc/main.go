// Command tjfoc answers, for each line "point message r||s" in hexadecimal on
// standard input, whether tjfoc/gmsm accepts the SM2 signature. The tests build
// it without the race detector, under which that library takes ten times as long.
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"math/big"
	"os"
	"strings"

	"github.com/tjfoc/gmsm/sm2"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var field [3][]byte
		for i, text := range strings.Split(lines.Text(), " ") {
			data, err := hex.DecodeString(text)
			if err != nil || i > 2 {
				fmt.Fprintln(os.Stderr, "not three fields in hexadecimal:", lines.Text())
				os.Exit(1)
			}
			field[i] = data
		}
		point, rs := field[0], field[2]
		integer := func(b []byte) *big.Int { return new(big.Int).SetBytes(b) }
		key := &sm2.PublicKey{Curve: sm2.P256Sm2(), X: integer(point[1:33]), Y: integer(point[33:])}
		fmt.Println(sm2.Sm2Verify(key, field[1], []byte("1234567812345678"), integer(rs[:32]), integer(rs[32:])))
	}
}
