package main

import "bytes"

// unknownKeys are JWKs of types and curves of tomorrow.
func unknownKeys() []any {
	return []any{
		jose{"alg": "EdDSA", "crv": "Ed25519", "kid": "tomorrow", "kty": "OKP", "x": base64url(make([]byte, 32))},
		jose{"alg": "ML-DSA-65", "kty": "AKP", "pub": base64url(make([]byte, 64))},
		jose{"alg": "ES384", "crv": "P-384", "kty": "EC", "x": "AA", "y": "AA"},
	}
}

func goodExports() []*exportVector {
	e := newExport()
	part := func(name, version string) exportPart {
		return exportPart{version, exportDocument(name, 0)["hash"].(string)}
	}
	same, forked := part("list", "1.2"), part("keyset 33", "1.2")
	older, newer := exportPart{Version: "1.1"}, exportPart{Version: "1.3"}
	all := func(change func(map[string]exportPart)) map[string]exportPart {
		sets := map[string]exportPart{"33": part("keyset 33", "1.2"), "46": part("keyset 46", "1.2")}
		change(sets)
		return sets
	}
	keep := func(map[string]exportPart) {}
	foreign := exportWith(func(e *export) {
		e.payload["keys"] = append(unknownKeys(), e.payload["keys"].([]any)...)
		e.addKeys(unknownKeys()...)
	}).taken("foreign-keys", "Keys of unknown types and curves among the known ones.", "JWKS-36")
	foreign.Foreign = 6
	stranger := exportWith(func(e *export) { e.signers = append(e.signers, keyOf("authority/33", algSM2, 0)) })
	first := bytes.Repeat([]byte{0xfb, 0xef, 0xbe}, 11)[:32] // "----…", before all others
	tomorrow := exportWith(func(e *export) {
		e.signatures = func(_ *export, all []jose) []jose {
			h := jose{"alg": "ML-DSA-65", "kid": base64url(first), "typ": "vnd.tongxing.jwks+json"}
			return append([]jose{{"protected": base64url([]byte(canonical(h))), "signature": base64url(make([]byte, 3309))}}, all...)
		}
	})
	broken := exportWith(func(e *export) {
		e.signers = append(e.signers, keyOf("root", algSM2, 2))
		e.signatures = func(e *export, all []jose) []jose {
			for i, one := range all {
				if h := keyOf("root", algSM2, 2).header(); one["protected"] == base64url([]byte(canonical(h))) {
					all[i]["signature"] = base64url(make([]byte, 64))
				}
			}
			return all
		}
	})
	return []*exportVector{
		e.taken("good", "Two regions, one with SM2 and one with ES256, with keys in every state.",
			"JWKS-1", "JWKS-10", "JWKS-11", "JWKS-13", "JWKS-14", "JWKS-20", "JWKS-30", "JWKS-33", "JWKS-34", "JWKS-35"),
		e.taken("known-same", "The same list and key sets as before.", "JWKS-40", "JWKS-41").knows(exportKnown{&same, all(keep)}),
		e.taken("known-older", "An older list before, of which only the version is known.", "JWKS-40").knows(exportKnown{&older, nil}),
		e.taken("known-region-gone", "A region that the list no longer names.", "JWKS-41").
			knows(exportKnown{&older, all(func(m map[string]exportPart) { m["11"] = exportPart{Version: "7.7"} })}),
		e.vector("known-newer", "rollback", "A newer list before.", "JWKS-40").knows(exportKnown{&newer, nil}),
		e.vector("known-forked", "fork", "Another list of the same version before.", "JWKS-40").knows(exportKnown{&forked, nil}),
		e.vector("known-newer-keyset", "rollback", "A newer key set of a region before, under the same list.", "JWKS-41").
			knows(exportKnown{&same, all(func(m map[string]exportPart) { m["46"] = exportPart{Version: "1.3"} })}),
		e.vector("known-forked-keyset", "fork", "Another key set of the same version before.", "JWKS-41").
			knows(exportKnown{&same, all(func(m map[string]exportPart) { m["46"] = part("keyset 33", "1.2") })}),
		e.vector("known-keyset-epoch", "rollback", "A key set of a later epoch before.", "JWKS-41").
			knows(exportKnown{&same, all(func(m map[string]exportPart) { m["33"] = exportPart{Version: "2.1"} })}),
		foreign,
		stranger.taken("stranger", "A signature by a key that is none of the root's, beside enough others.", "JWKS-21"),
		tomorrow.taken("unknown-algorithm", "A signature of an algorithm of tomorrow before all others.", "JWKS-21"),
		broken.taken("one-broken", "A signature of a key of the root that does not verify, beside enough others.", "JWKS-21"),
	}
}
