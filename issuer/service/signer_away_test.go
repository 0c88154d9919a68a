package service

import (
	"errors"
	"fmt"
	"testing"

	"github.com/tongxing/tongxing/issuer"
	"github.com/tongxing/tongxing/issuer/keys/remote"
	"github.com/tongxing/tongxing/issuer/registry/witness"
)

// TestASignerThatIsAwayIsNotPossibleForTheMoment: who asked may ask again with the
// same key, and a key that was stopped is told apart.
func TestASignerThatIsAwayIsNotPossibleForTheMoment(t *testing.T) {
	away := fmt.Errorf("issuer: cose: sign: %w", &remote.UnavailableError{Path: "s", Err: errors.New("refused")})
	if p := problemOf(away); p.name != "signer_unavailable" {
		t.Errorf("signer away: %s", p.name)
	}
	if p := problemOf(fmt.Errorf("issuer: %w", &remote.RefusedError{Fault: remote.FaultDevice})); p.name != "signer_unavailable" {
		t.Errorf("the device behind it away: %s", p.name)
	}
	if p := problemOf(fmt.Errorf("commit: %w", &witness.OlderError{})); p.name != "registry_unavailable" {
		t.Errorf("an older copy of the registry: %s", p.name)
	}
	if p := problemOf(fmt.Errorf("issue: %w", &issuer.KeyStoppedError{Err: errors.New("wrong")})); p.name != "key_stopped" {
		t.Errorf("key stopped: %s", p.name)
	}
}
