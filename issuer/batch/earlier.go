package batch

import (
	"bytes"
	"slices"

	"github.com/tongxing/tongxing/issuer"
)

// takeEarlier returns the part that an earlier attempt at a chunk left when the job
// was opened, with its credentials in slots, where there is one that holds exactly
// what would be signed now, under signatures that verify.
//
// A worker that died before its commit leaves such a part, and is saved the work.
// What it is for is a registry that was restored from a backup: its codes may be in
// people's hands, and another signature of theirs would be a second credential.
func (j *openJob) takeEarlier(number uint32, slots []*slot, iss *issuer.Issuer) (name string, ok bool) {
	if len(iss.StoppedKeys()) > 0 {
		return "", false
	}
	for _, name := range j.earlier[number] {
		content, whole, err := j.parts.read(name, number)
		if err != nil || !whole {
			continue
		}
		taken, ok := takeLines(content, slots, j.At)
		if !ok {
			continue
		}
		// Byte for byte, refused records included.
		if again, err := appendSlots(make([]byte, 0, len(content)), taken); err == nil && bytes.Equal(again, content) {
			for i := range slots {
				*slots[i] = *taken[i]
			}
			return name, true
		}
	}
	return "", false
}

// takeLines returns the slots with the credentials of a part.
func takeLines(content []byte, slots []*slot, at int64) (taken []*slot, ok bool) {
	lines, ok := codesOf(content)
	if !ok {
		return nil, false
	}
	taken = slices.Clone(slots)
	for i, s := range slots {
		if s.err != nil {
			continue
		}
		if len(lines) == 0 || !s.draft.Holds(lines[0].data, s.issued.Ref) {
			return nil, false
		}
		taken[i] = &slot{line: s.line, draft: s.draft, issued: issuer.Issued{Data: lines[0].data,
			Ref: s.issued.Ref, KeyID: s.draft.KeyID(), IssuedAt: at, ExpiresAt: s.draft.Expires()}}
		lines = lines[1:]
	}
	return taken, len(lines) == 0
}
