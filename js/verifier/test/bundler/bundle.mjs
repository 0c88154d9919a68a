// Bundles an embedder's page and its worker with esbuild as the README says, and
// runs them; of Node.js the page has nothing.
//
//	node bundle.mjs FOLDER BUNDLE ANCHOR TIME CODE     FOLDER has the package in node_modules
//
// prints the reasons of the page's verdict and of the worker's.

import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'

const [folder, bundle, anchor, at, code] = process.argv.slice(2)

const page = `
import { createVerifier } from '@tongxing/verifier'
import { createRemoteVerifier } from '@tongxing/verifier/remote'

globalThis.judge = async ({ wasm, worker, bundle, anchor, at, code }) => {
  const own = await createVerifier({ wasm })
  own.load(bundle, { anchor, at })
  const remote = await createRemoteVerifier(worker, { wasm })
  await remote.load(bundle, { anchor, at })
  return [own.verify(code, { at }), await remote.verify(code, { at })].map(({ reason }) => reason.name)
}
`

// bundled is one classic script, as the oldest pages take it.
async function bundled(entry, name) {
  const outfile = join(folder, name)
  await build({ ...entry, outfile, bundle: true, format: 'iife', platform: 'browser', logLevel: 'error', absWorkingDir: folder })
  return outfile
}

// The page sees nothing of Node.js, in the realm of the encoders that browsers have too.
const hidden = ['process', 'require', 'module', 'exports', 'Buffer', 'global', 'setImmediate']
new Function(...hidden, readFileSync(await bundled({ stdin: { contents: page, resolveDir: folder } }, 'page.js'), 'utf8'))()

const worker = new Worker(await bundled({ entryPoints: ['@tongxing/verifier/worker'] }, 'worker.cjs'))
const wasm = readFileSync(join(folder, 'node_modules/@tongxing/verifier/dist/tongxing.wasm'))
console.log(...await globalThis.judge({ wasm, worker, bundle: new Uint8Array(readFileSync(bundle)), anchor, at, code }))
await worker.terminate()
