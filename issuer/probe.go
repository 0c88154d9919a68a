package issuer

import "fmt"

// probeMessage is what [Issuer.Probe] signs. It is no Sig_structure (RFC 9052
// section 4.4), which is a CBOR array: no signature over it is one of a document.
var probeMessage = []byte("tongxing/issuer/probe/1")

// Probe has each key that may sign sign something that is no document, and verifies
// it: it asks whether whoever holds the keys answers, before a person does. The
// error is that of the first signer that does not sign, or the *[KeyStoppedError] of
// a key that is stopped, which a signature here that does not hold brings about as
// any other does. Without keys it is nil, see [Issuer.Keys].
func (i *Issuer) Probe() error {
	for _, key := range i.keys {
		public := key.published.Public
		if err := i.check.allows(public); err != nil {
			return err
		}
		signature, err := key.signer.Sign(probeMessage)
		if err != nil {
			return fmt.Errorf("issuer: probe of key %s: %w", public, err)
		}
		if err := public.Verify(probeMessage, signature); err != nil {
			return i.check.stop(public, false, err)
		}
	}
	return nil
}
