// Runs every vector of the specification through the module, and prints how many
// there were.
//
//	node vectors.mjs FOLDER        as package bindingtest writes it

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile, environment } from '../src/load.js'
import { start } from '../src/start.js'
import { Verifier } from '../src/verifier.js'

const folder = process.argv[2]
const module = await compile()
const newInstance = await start((imports) => WebAssembly.instantiate(module, imports), await environment())
const encoder = new TextEncoder()
const decoder = new TextDecoder()

let verifier, name, answer
let cases = 0
let wrong = 0

// same holds what the methods give to the bytes of the frame.
function same(request) {
  const { code, at, venue, presented } = JSON.parse(request)
  const id = presented && { type: presented.document_type ?? '', number: presented.number ?? '', name: presented.name ?? '' }
  return `{"ok":true,"verdict":${JSON.stringify(verifier.verify(code, { at, venue, id }))}}`
}

for (const line of readFileSync(join(folder, 'cases.txt'), 'utf8').split('\n').filter(Boolean)) {
  const rest = line.slice(2)
  switch (line[0]) {
    case '=':
      name = rest
      break
    case '*': {
      verifier = new Verifier(newInstance())
      if (rest === '-') break
      const loaded = decoder.decode(verifier.call(readFileSync(join(folder, rest))))
      if (!loaded.startsWith('{"ok":true')) throw new Error(`${rest}: ${loaded}`)
      break
    }
    case '>':
      answer = [decoder.decode(verifier.call(encoder.encode(rest))), JSON.stringify(JSON.parse(same(rest)))]
      break
    case '<':
      cases++
      if (answer[0] !== rest || answer[1] !== JSON.stringify(JSON.parse(rest))) {
        wrong++
        console.error(`${name}:\n${answer[0]}\n${answer[1]}\nwant\n${rest}`)
      }
  }
}
console.log(cases - wrong)
