package holder

import (
	"errors"

	"github.com/tongxing/tongxing/cmd/internal/program"
	"github.com/tongxing/tongxing/issuer/registry"
)

// Opening is how a program opens a registry: by its version, and telling people of a
// migration, with the place of the backup. name is the registry as it may be shown.
func Opening(p *program.Program, name func() string) registry.Opening {
	return registry.Opening{Program: program.Version(), Migrated: func(m registry.Migration) {
		if m.Backup == "" {
			p.Note("registry_migrated_database", name(), m.From, m.To)
			return
		}
		p.Note("registry_migrated", name(), m.From, m.To, m.Backup)
	}}
}

// RegistryFault gives an error of opening a registry its words: which program it takes
// to read one of another schema, and what to do with it.
func RegistryFault(name string, err error) error {
	other, ok := errors.AsType[*registry.SchemaError](err)
	switch {
	case !ok:
		return program.AboutFile(name, err)
	case errors.Is(other, registry.ErrOlderSchema):
		return program.FailFor(err, "registry_earlier", name, other.Schema, program.Version(), other.Known)
	case other.Program == "":
		return program.FailFor(err, "registry_later_unnamed", name, other.Schema, program.Version(), other.Known)
	}
	return program.FailFor(err, "registry_later", name, other.Program, other.Schema, program.Version(), other.Known)
}
