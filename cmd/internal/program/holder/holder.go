// Package holder has the words for the errors of what holds private keys and
// registries, for the programs that do. A program that has neither, as the gate,
// does not link what makes these errors.
//
//	p.Explanations = append(p.Explanations, holder.Explanations...)
package holder

import (
	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/keys"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Explanations are those of keys and registries.
var Explanations = []program.Explanation{
	{Target: keys.ErrWrongPassphrase, Key: "wrong_passphrase"},
	{Target: keys.ErrPermissions, Key: "key_permissions"},
	{Target: keys.ErrFolder, Key: "key_folder"},
	{Target: keys.ErrUnencrypted, Key: "key_unencrypted"},
	{Target: keys.ErrProtection, Key: "key_protection"},
	{Target: keys.ErrPassphrase, Key: "passphrase_bad"},
	{Target: keys.ErrNotAKeyFile, Key: "not_a_key_file"},
	{Target: keys.ErrUnsupportedKey, Key: "unsupported_key"},
	{Target: registry.ErrNotARegistry, Key: "not_a_registry"},
	{Target: registry.ErrNewerSchema, Key: "newer_registry"},
	{Target: registry.ErrFull, Key: "registry_full", Alone: true},
	{Target: registry.ErrDamaged, Key: "registry_damaged"},
	{Target: registry.ErrBusy, Key: "registry_busy"},
	{Target: registry.ErrStorageFull, Key: "disk_full"},
}
