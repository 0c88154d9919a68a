// The engine behind the page as a web application: the gate as WebAssembly in a
// worker, trust material and its memory in IndexedDB, no program and no network.
//
// What is kept is what spec/binding.md calls stored, replaced in one transaction,
// so that nothing older comes back after the page was closed.

import { Fault } from "./fault.js";
import * as store from "./store.js";
import { decode, encode } from "../verifier/src/frame.js";
import { createRemoteVerifier } from "../verifier/src/remote.js";

const coder = new TextEncoder();
const reader = new TextDecoder();
const behindSlack = 10 * 60_000; // as gate/knowledge has it
const aheadAge = 30 * 24 * 3_600_000;
const minute = 60_000;

export class WasmEngine {
  kind = "wasm";
  #listeners = new Map();
  #verifier;
  #setting; // web.json: words, and where trust begins
  #venues = { classes: [], regions: [] };
  #venue = { class: 0, region: "" };
  #training = false;
  #problems = [];
  #latest = 0; // the latest time that this device has known

  on(name, listener) {
    this.#listeners.set(name, listener);
  }

  #emit(name, value) {
    this.#listeners.get(name)?.(value);
  }

  async start() {
    const from = (name) => new URL(`../${name}`, import.meta.url);
    this.#setting = await (await fetch(from("web.json"))).json();
    const worker = new Worker(from("verifier/src/worker.js"), { type: "module" });
    this.#verifier = await createRemoteVerifier(worker, { wasm: from("gate.wasm").href });
    await this.#verifier.warm();
    await this.#restore();
    if (!(await this.#loaded()) && navigator.onLine) await this.importHost().catch(() => {});
    this.#venues = await this.#verifier.venues();
    setInterval(() => this.state().then((state) => this.#emit("state", state)).catch(() => this.#emit("gone")), 30_000);
    navigator.storage?.persist?.().catch(() => {}); // else a browser short of room forgets the lists
    return this.state();
  }

  async #ask(header) {
    const { header: answer } = decode(await this.#verifier.call(encode(header, [], coder)), reader);
    return answer;
  }

  async #restore() {
    const kept = await store.get();
    if (!kept) return;
    this.#latest = kept.latest ?? 0;
    try {
      await this.#load(undefined, kept);
    } catch (refused) {
      this.#problems = [words(refused)];
    }
  }

  async #load(bundle, stored) {
    const now = Date.now();
    this.#latest = Math.max(this.#latest, now);
    const root = Uint8Array.from(atob(this.#setting.root), (c) => c.charCodeAt(0));
    return this.#verifier.load(bundle, { anchor: root, at: new Date(now), known: new Date(this.#latest), stored });
  }

  async #loaded() {
    return (await store.get()) !== undefined;
  }

  /** Takes a bundle in whatever way it came; what it replaces stays where it is refused. */
  async importBundle(bytes) {
    const kept = await store.get();
    try {
      await this.#load(bytes, kept && { bundle: kept.bundle, memory: kept.memory });
    } catch (refused) {
      throw new Fault(refused.code ?? "refused", words(refused));
    }
    await store.put({ ...(await this.#verifier.stored()), latest: this.#latest });
    this.#problems = [];
    this.#venues = await this.#verifier.venues();
    const state = await this.state();
    this.#emit("state", state);
    return state;
  }

  /** Takes the bundle that lies beside the page, where somebody put one. */
  async importHost() {
    const answer = await fetch(new URL(`../${this.#setting.bundle}`, import.meta.url), { cache: "no-store" });
    if (!answer.ok) throw new Fault("no_bundle");
    return this.importBundle(new Uint8Array(await answer.arrayBuffer()));
  }

  async setVenue({ class: number, region }) {
    await this.#ask({ op: "venue", class: number, region });
    this.#venue = { class: number, region };
    return this.state();
  }

  verify(codes, source, presented) {
    return this.#judge({ codes, presented });
  }

  verifyTyped(typed, source, presented) {
    return this.#judge({ typed, presented });
  }

  async #judge(question) {
    try {
      return (await this.#ask({ op: "judge", ...question })).answer;
    } catch (refused) {
      throw new Fault(refused.code ?? "refused", words(refused));
    }
  }

  /** A browser opens pictures itself, and PDF not at all. */
  async picture() {
    throw new Fault("pdf_reader_missing", this.#setting.words.gate_page_picture_no_pdf);
  }

  async frame(text) {
    const { progress, file } = await this.#verifier.addFrame(text);
    if (!file) return { have: progress.have, need: progress.need, done: false };
    await this.importBundle(file);
    return { have: progress.need, need: progress.need, done: true };
  }

  async training(on) {
    await this.#ask({ op: "train", on });
    this.#training = on;
    return this.state();
  }

  async state() {
    const now = Date.now();
    const inspection = await this.#verifier.inspect({ at: new Date(now) }).catch(() => undefined);
    return {
      ...this.#venue, ...this.#venues, regions: this.#venues.regions.map(numbered), classes: this.#venues.classes.map(numbered),
      clock: clockOf(now, inspection), knowledge: knowledgeOf(inspection, this.#setting.words, this.#venues.regions, this.#problems),
      features: { training: this.#training, import: true }, words: this.#setting.words,
    };
  }
}

const numbered = ({ class: kind, region, zh, en }) => ({ number: kind ?? region, zh, en });

const words = (refused) => ({ zh: refused.zh ?? refused.message, en: refused.en ?? refused.message });

function clockOf(now, inspection) {
  const effective = inspection ? Date.parse(inspection.effective) : now;
  const behind = effective - now;
  const age = (inspection?.age ?? 0) * 1000;
  const standing = behind > behindSlack ? "behind" : age > aheadAge ? "ahead" : "ok";
  return { shows: new Date(now).toISOString(), effective: new Date(effective).toISOString(), behind_hours: behind / 60 / minute, standing };
}

/** What is missing, with the region that it is of, as gate/server names it. */
function lack(kind, region) {
  return region ? { zh: `${region.zh} ${kind.zh}`, en: `${region.en}: ${kind.en}` } : kind;
}

/** The state's knowledge from an inspection, with the words and regions to name what is missing. */
export function knowledgeOf(inspection, all, regions, problems) {
  if (!inspection) return { loaded: false, missing: [], problems };
  const version = (kind) => inspection.documents.find((d) => d.kind === kind && !d.region)?.version;
  const missing = (inspection.lacks ?? []).map(({ kind, region }) => lack(all[`gate_missing_${kind}`] ?? { zh: kind, en: kind }, regions.find((r) => r.region === region)));
  return {
    loaded: true, list_version: version("list"), policy_version: version("policy"), issued: inspection.ages_from,
    age_hours: inspection.age / 3600, freshness: inspection.freshness, missing, problems,
  };
}
