// Embeds the package in a page and in a worker of its own, for package.mjs.

import { createVerifier } from "/package/src/index.js";

/** Says whether the policy of the host holds here: no text becomes code. */
export function strict() {
  try {
    return Function("return false")();
  } catch {
    return true;
  }
}

/** Gives the answers to all requests; each group has trust material of its own. */
export async function run(module, groups) {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const answers = [];
  for (const { load, requests } of groups) {
    const verifier = await createVerifier({ wasm: module });
    if (load) verifier.call(Uint8Array.from(atob(load), (c) => c.charCodeAt(0)));
    for (const request of requests) answers.push(decoder.decode(verifier.call(encoder.encode(request))));
  }
  return answers;
}

if (typeof WorkerGlobalScope !== "undefined") {
  onmessage = async ({ data: { module, groups } }) => postMessage(await run(module, groups));
  postMessage(strict());
}
