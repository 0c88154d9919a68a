// What the types take and give, for tsc alone: nothing here runs.

import type { Verdict, Verifier } from '@tongxing/verifier'
import { createVerifier } from '@tongxing/verifier'
import type { RemoteVerifier } from '@tongxing/verifier/remote'
import type { ChunkedStorage } from '@tongxing/verifier/mini-program'

declare const verifier: Verifier
declare const remote: RemoteVerifier
declare const storage: ChunkedStorage
const at = new Date()
const anchor = ''

// What is stored goes where bytes of one's own alone may go, and comes back.
const stored = verifier.stored()
new Blob([stored.bundle, stored.memory])
verifier.load(null, { anchor, at, stored, regions: ['33'] as const })
verifier.load(null, { anchor, at, stored: { bundle: stored.bundle.buffer, memory: new Uint8Array(1) } })
storage.save(stored)
const frame = verifier.addFrame('')
if (frame.file) new Blob([frame.file])

// Lists of codes, and no single text, which is an iterable of its characters.
verifier.verifyTogether(['a', 'b'] as const, { at })
verifier.verifyTogether(new Set(['a']), { at })
// @ts-expect-error one text is no list
verifier.verifyTogether('TX1:', { at })
// @ts-expect-error nor a list of regions
verifier.load(null, { anchor, at, regions: '33' })

// A worker gets what can be copied to it, and gives promises.
const verdict: Promise<Verdict> = remote.verify('TX1:', { at })
// @ts-expect-error one text is no list
remote.verifyTogether('TX1:', { at })

// @ts-expect-error a misspelt option
createVerifier({ wsam: new Uint8Array(1) })
// @ts-expect-error a misspelt option
verifier.load(null, { anchor, at, statuslistrequired: true })

export { verdict }
