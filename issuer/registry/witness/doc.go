// Package witness keeps, apart from a registry, how far the registry was used, so
// that an old backup of it is not taken for the registry: restored, it would hand
// out references again that are on people's codes.
//
//	store, err := sqlite.Open(ctx, "33.registry")
//	guard, err := witness.Open(ctx, store, "/outputs/33.witness") // refuses an old copy
//	leased, err := guard.Lease(ctx, pool, 1000)                   // as of the store itself
//
// A reference lives so, and is handed out in one place only:
//
//	counter raised and committed in the registry
//	  -> counter written to the witness and synced -> handed out
//
// A process that is killed between the first two steps leaves a witness that is
// behind the registry: what the registry counts beyond it was handed out to nobody
// or will be only when the witness has it (a chunk of a planned job, for example).
// So whatever backup of the registry is put in place, none of its counters is below
// the witness unless references above that counter were handed out; Open and every
// later step that writes the witness then return *OlderError, until Raise has
// brought the counters above what was handed out.
//
// The witness also has the mark of the newest event and the end of the journal, as
// of the last time that it was written: a copy that does not hold them is older, or
// was changed.
//
// There is one file for each registry, which names the registry by its identity.
// All processes that work on a registry use the same file, on storage where they
// can lock it against each other, and it must not be backed up and restored
// together with the registry: beside the output files is a good place. It holds
// counts and hashes and no secret. Losing it is no fault of the registry: Renew
// writes another.
package witness
