// Reads QR codes with zxing-wasm, the reader of the browser.
//
//   node read.mjs PICTURE...
//
// prints a line of JSON for each picture, in order:
//   {"file": "a.png", "codes": [{"text": "TX1:...", "version": 9, "level": "M"}]}
// A picture without a code has none; a file that cannot be read ends the program.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

// From the package: left to itself, zxing-wasm fetches this file from a CDN.
const wasm = fileURLToPath(import.meta.resolve("zxing-wasm/reader/zxing_reader.wasm"));
prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm) } });

for (const file of process.argv.slice(2)) {
  const found = await readBarcodes(readFileSync(file), { formats: ["QRCode"], tryHarder: true });
  const codes = found
    .filter((code) => code.isValid)
    .map((code) => ({ text: code.text, version: Number(code.version), level: code.ecLevel }));
  console.log(JSON.stringify({ file, codes }));
}
