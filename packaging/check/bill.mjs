// Holds a bill of materials to the schema of CycloneDX 1.6, by CycloneDX's library.
//
//   node bill.mjs FILE.cdx.json
import { readFileSync } from 'node:fs'
import { Spec, Validation } from '@cyclonedx/cyclonedx-library'

const bill = readFileSync(process.argv[2], 'utf8')
const fault = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(bill)
if (fault !== null) {
  console.error(fault)
  process.exit(1)
}
console.log(`${JSON.parse(bill).components.length} components`)
