package format

import (
	"crypto/hmac"
	"crypto/sha256"
	"math/rand/v2"
	"testing"
)

func TestTagMACIsHMACSHA256(t *testing.T) {
	random := rand.New(rand.NewPCG(2104, 1))
	for range 1000 {
		key := make([]byte, random.IntN(sha256.BlockSize+1))
		message := make([]byte, random.IntN(3))
		for i := range key {
			key[i] = byte(random.Uint32())
		}
		for i := range message {
			message[i] = byte(random.Uint32())
		}
		want := hmac.New(sha256.New, key)
		want.Write(message)
		if got := hmacSHA256(key, message); !hmac.Equal(got[:], want.Sum(nil)) {
			t.Fatalf("key %x, message %x: %x", key, message, got)
		}
	}
}
