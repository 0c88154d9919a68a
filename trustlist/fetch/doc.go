// Package fetch gets trust bundles onto a device and keeps what the device
// believes: from a file, a folder on a USB stick or an HTTP address into one
// local file, the [Store].
//
// Nothing that arrives is believed for the way it came: neither the server nor
// the stick nor the name of a file counts for anything before trustlist.Load has
// verified the bundle from the anchor down and against everything that was in
// force before. What fails leaves the device as it was.
//
//	store, err := fetch.OpenStore("trust.store", fetch.StoreOptions{Anchor: anchor})
//	change, err := store.Apply(bundle, fetch.Origin{From: "national.bundle"}, clock)
//	state, err := store.Current(clock) // state.Trust is what the device believes
//
// # The file of a store
//
// A store is one file, deterministic CBOR, and never leaves its device:
//
//	["tongxing/store/1", h'…SHA-256 of the content…', << {
//	    1: h'…hash of the root that trust begins with…',
//	    2: << the bundle as it was last applied: the source >>,
//	    3: << a bundle of what else is in force: the rest, absent as a rule >>,
//	    4: << versions once known, so that nothing old comes back >>,
//	    5: 1660089600,                   / the latest time that the device has known /
//	    6: 1660089600,                   / when the source was applied /
//	    7: "national.bundle",            / from where, and the ETag it had there /
//	    8: "\"5f3a\""
//	} >>]
//
// The hash tells bit rot ([ErrDamaged]) from content that somebody wrote on
// purpose and that does not verify ([ErrUntrusted]). Applying one complete bundle
// to an empty store leaves exactly those bytes as source and no rest.
//
// # The life of an import
//
// A new content is verified, loaded once more as the device will load it after a
// restart, written beside the store, synced, renamed over it, and the folder is
// synced: whenever the power fails, the file is the old one or the new one. Two
// imports at a time do not lose each other's work: the second begins again with
// what the first has left.
//
// The package reads no clock: times are parameters, and [HTTP] takes a [Timer].
package fetch
