package main

import "math/big"

// extremeHashes are messages for the standard's key and the default identity,
// found by counting 8 bytes up from zero; the program checks that they hold.
var extremeHashes = []struct {
	comment string
	message []byte
	holds   func(e *big.Int) bool
}{
	{"e beyond n", []byte{0, 0, 0, 0, 0x62, 0xe4, 0x4c, 0xd4}, beyondOrder},
	{"another e beyond n", []byte{0, 0, 0, 0, 0xb9, 0xd5, 0x9d, 0xb8}, beyondOrder},
	{"e four bytes short", []byte{0, 0, 0, 0, 0xad, 0x9f, 0xee, 0xc2}, func(e *big.Int) bool { return shorter(e, 32) }},
}

func beyondOrder(e *big.Int) bool { return e.Cmp(n) >= 0 }
