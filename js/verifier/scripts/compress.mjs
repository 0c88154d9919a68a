// Compresses files together with brotli at its best, and prints how many bytes that
// gives.
//
//	node compress.mjs FILE... [OUT.br]

import { readFileSync, writeFileSync } from 'node:fs'
import { brotliCompressSync, constants } from 'node:zlib'

const paths = process.argv.slice(2)
const out = paths.at(-1).endsWith('.br') ? paths.pop() : undefined
const content = Buffer.concat(paths.map((path) => readFileSync(path)))
const compressed = brotliCompressSync(content, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
  },
})
if (out) writeFileSync(out, compressed)
console.log(compressed.length)
