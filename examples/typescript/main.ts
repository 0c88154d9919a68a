// As examples/js, with types, and in a worker: the page or the server that asks goes
// on while a code is checked.
//
//	npm install && npx tsc && node main.js BUNDLE ANCHOR TIME CODE

import { readFile } from 'node:fs/promises'
import { Worker } from 'node:worker_threads'
import { VerifierError, type Loaded, type Verdict } from '@tongxing/verifier'
import { createRemoteVerifier } from '@tongxing/verifier/remote'

const [bundle = '', anchor = '', at = '', code = ''] = process.argv.slice(2)
const worker = new Worker(new URL(import.meta.resolve('@tongxing/verifier/worker')))
const verifier = await createRemoteVerifier(worker)

try {
  const loaded: Loaded = await verifier.load(await readFile(bundle), { anchor, at })
  const verdict: Verdict = await verifier.verify(code, { at, id: { number: '110101199003070038' } })
  console.log(loaded.versions.list, verdict.outcome, verdict.reason.name)
} catch (error) {
  if (!(error instanceof VerifierError)) throw error
  console.log(error.code, error.zh)
  process.exitCode = 1
} finally {
  await worker.terminate()
}
