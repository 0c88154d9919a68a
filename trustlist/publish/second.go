package publish

import (
	"fmt"

	"github.com/tongxing/tongxing/format/sig"
	"github.com/tongxing/tongxing/trustlist/publish/second"
)

// CheckSignature reports whether both implementations accept signature (r || s,
// 64 bytes) by key over the whole message. Errors are [sig.ErrSignature] and
// [ErrSecondOpinion].
func CheckSignature(key *sig.PublicKey, message, signature []byte) error {
	if err := key.Verify(message, signature); err != nil {
		return err
	}
	if err := second.Verify(key, message, signature); err != nil {
		return fmt.Errorf("%w: %w", ErrSecondOpinion, err)
	}
	return nil
}
