// The npm package as a page of somebody else's embeds it: ES modules of a static host
// under a strict policy, in the page and in workers, and after that in flight mode.

import { readFileSync } from "node:fs";
import { browse, equal, holds, must, open, options, quiet, tell } from "./browser.mjs";

const text = (name) => readFileSync(`${options.vectors}/${name}`, "utf8");
const bytes = (name) => readFileSync(`${options.vectors}/${name}`).toString("base64");

// groups are the vectors by the trust material that they stand on, as bindingtest
// writes them.
const groups = [];
for (const line of text("cases.txt").split("\n").filter(Boolean)) {
  const rest = line.slice(2);
  if (line[0] === "*") groups.push({ load: rest === "-" ? null : bytes(rest), requests: [], answers: [] });
  if (line[0] === ">") groups.at(-1).requests.push(rest);
  if (line[0] === "<") groups.at(-1).answers.push(rest);
}
// Starting a module is most of the time: a worker takes every fifth group, the page the
// others.
const inWorker = groups.filter((_, i) => i % 5 === 0);
const inPage = groups.filter((_, i) => i % 5 !== 0);
const answersOf = (some) => some.flatMap((g) => g.answers);
const largest = groups.reduce((a, b) => (a.load && a.requests.length > b.requests.length ? a : b));

const browser = await browse();
const page = await open(browser, { camera: false });
const asked = [];
page.context().on("request", (request) => asked.push(new URL(request.url()).pathname));

await must("ThePageImportsThePackage", async () => {
  const names = await page.evaluate(async () => {
    const before = Object.getOwnPropertyNames(globalThis).length;
    const { createVerifier } = await import("/package/src/index.js");
    const verifier = await createVerifier();
    const left = Object.getOwnPropertyNames(globalThis).length - before;
    const { run, strict } = await import("/runner.js");
    globalThis.embedded = { run, strict: strict() };
    return { left, reason: verifier.verify("TX1:A", { at: new Date() }).reason.name };
  });
  equal(names, { left: 0, reason: "no_trust" }, "imported");
});
await must("SoDoWorkers", async () => {
  const reason = await page.evaluate(async () => {
    const { createRemoteVerifier } = await import("/package/src/remote.js");
    const module = await WebAssembly.compileStreaming(fetch("/package/dist/tongxing.wasm"));
    const worker = () => new Worker("/package/src/worker.js", { type: "module" });
    globalThis.embedded.module = module;
    globalThis.embedded.remote = await createRemoteVerifier(worker()); // takes the module from beside its files
    globalThis.embedded.given = await createRemoteVerifier(worker(), { wasm: module });
    globalThis.embedded.runner = new Worker("/runner.js", { type: "module" }); // a worker of the host's own
    globalThis.embedded.strictInWorker = await new Promise((ready) => { globalThis.embedded.runner.onmessage = ({ data }) => ready(data); });
    return (await globalThis.embedded.remote.verify("TX1:A", { at: new Date() })).reason.name;
  });
  equal(reason, "no_trust", "in a worker");
});
await must("NothingButThePackageIsAskedFor", () => {
  holds(asked.every((path) => path === "/runner.js" || path.startsWith("/package/")), `asked: ${asked}`);
  holds(asked.filter((path) => path.endsWith(".wasm")).length <= 3, `the module: ${asked}`);
});
await must("ThePolicyIsStrict", async () => {
  // Asked of the page's own code: what a browser is told to evaluate has no policy.
  equal(await page.evaluate(() => [globalThis.embedded.strict, globalThis.embedded.strictInWorker]), [true, true], "strict");
});

await tell("end");
await page.context().setOffline(true);
await must("TheHostIsGone", async () => {
  holds(await page.evaluate(() => fetch("/").then(() => false, () => true)), "it answers");
  asked.length = 0;
});
await must("InFlightModeThePageGivesTheVectorsTheirVerdicts", async () => {
  const answers = await page.evaluate((groups) => globalThis.embedded.run(globalThis.embedded.module, groups), inPage);
  equal(answers, answersOf(inPage), "page");
});
await must("AWorkerOfTheHostToo", async () => {
  const answers = await page.evaluate((groups) => new Promise((done) => {
    const { runner, module } = globalThis.embedded;
    runner.onmessage = ({ data }) => done(data);
    runner.postMessage({ module, groups });
  }), inWorker);
  equal(answers, answersOf(inWorker), "worker");
});
await must("AndTheWorkerOfThePackage", async () => {
  for (const name of ["remote", "given"]) {
    const answers = await page.evaluate(async ([name, { load, requests }]) => {
      const verifier = globalThis.embedded[name];
      const encoder = new TextEncoder(), decoder = new TextDecoder();
      await verifier.call(Uint8Array.from(atob(load), (c) => c.charCodeAt(0)));
      return Promise.all(requests.map(async (request) => decoder.decode(await verifier.call(encoder.encode(request)))));
    }, [name, largest]);
    equal(answers, largest.answers, name);
  }
});
await must("NoRequestIsMadeInFlightMode", () => equal(asked, [], "asked"));
await quiet(page);
console.log(JSON.stringify({ name: "Vectors", figure: answersOf(groups).length }));
process.stdin.destroy();
await browser.close();
