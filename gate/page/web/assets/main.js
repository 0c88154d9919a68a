// The page of the gate: picks an engine, then leads every code, wherever it comes
// from, to one verdict on the whole screen.

import * as checks from "./checks.js";
import * as duty from "./duty.js";
import * as people from "./people.js";
import * as status from "./status.js";
import * as venue from "./venue.js";
import * as verdict from "./verdict.js";
import * as ways from "./ways.js";
import { offerImport } from "./import.js";
import { setSound, unlock } from "./sound.js";
import { keep, setting } from "./settings.js";
import { dress, language, say, setWords } from "./words.js";

const at = (id) => document.getElementById(id);

let engine;
let state;

async function makeEngine() {
  const token = document.querySelector('meta[name="gate-token"]').content;
  if (token !== "GATE_" + "TOKEN") {
    const { GateEngine } = await import("./engine-gate.js");
    return new GateEngine(token);
  }
  const { WasmEngine } = await import("./engine-wasm.js");
  return new WasmEngine();
}

function take(next) {
  state = { ...state, ...next };
  status.setState(state);
  people.offer(Boolean(state.features?.enrolment));
  ways.offerPDF(Boolean(state.features?.pdf));
  at("training-button").setAttribute("aria-pressed", String(Boolean(state.features?.training)));
}

function speak(to) {
  setWords(state.words, to);
  dress();
  document.title = say("gate_page_title");
  at("language-button").textContent = to === "zh" ? "English" : "中文";
  at("language-button").lang = to === "zh" ? "en" : "zh-CN";
  venue.offer(state);
  checks.offerDocuments();
  status.render();
  verdict.render();
  ways.render();
}

function setup(open) {
  venue.open(open);
  at("work").hidden = open;
  if (open) ways.stop();
  else ways.start(setting("way") ?? "camera");
}

async function pickVenue(choice) {
  const next = await engine.setVenue(choice);
  keep("venue", choice);
  take(next);
  venue.offer(state);
  setup(false);
}

function buttons() {
  at("venue-button").addEventListener("click", () => {
    verdict.close();
    setup(true);
  });
  at("knowledge-button").addEventListener("click", () => {
    const open = at("knowledge").hidden;
    at("knowledge").hidden = !open;
    at("knowledge-button").setAttribute("aria-expanded", String(open));
    if (open) duty.count(Boolean(state.features?.counters)).catch(() => {}); // the banner says that nobody answers
  });
  at("language-button").addEventListener("click", () => {
    const to = language() === "zh" ? "en" : "zh";
    keep("language", to);
    speak(to);
  });
  at("sound-button").addEventListener("click", () => {
    const on = at("sound-button").getAttribute("aria-pressed") !== "true";
    keep("sound", on);
    sound(on);
  });
  at("training-button").addEventListener("click", async () => {
    take(await engine.training(!state.features?.training).catch(() => state));
  });
}

function sound(on) {
  setSound(on);
  at("sound-button").setAttribute("aria-pressed", String(on));
}

function listen() {
  engine.on("gone", () => {
    verdict.close(); // what was true a moment ago is not known any more
    status.setGone(true);
  });
  engine.on("here", () => status.setGone(false));
  engine.on("state", take);
  engine.on("knowledge", (knowledge) => take({ knowledge }));
  engine.on("clock", (clock) => take({ clock }));
  engine.on("device", ({ device, connected }) => status.setDevice(connected ? "" : device));
  engine.on("screen", (event) => checks.show(event, { source: event.source }));
  engine.on("document", (event) => checks.documentLies(event));
}

/** What only the web application has: bundles by hand, and a new version to begin. */
function webApplication() {
  offerImport(engine);
  import("./offline.js").then(({ keepOffline }) => keepOffline((begin) => {
    at("update").hidden = false;
    at("update").onclick = begin;
  })).catch(() => {}); // no service worker here: the page works with a network
}

async function main() {
  engine = await makeEngine();
  listen();
  state = await engine.start();
  if (engine.kind === "wasm") webApplication();
  checks.setEngine(engine);
  ways.setEngine(engine);
  people.setEngine(engine);
  duty.setEngine(engine);
  take(state);
  buttons();
  sound(setting("sound") ?? true);
  for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, unlock, { capture: true });
  venue.onPick((choice) => pickVenue(choice).catch(() => {}));
  const stored = setting("venue");
  // The program keeps the venue while it runs; the web application is told each time.
  if (!state.class && stored) take(await engine.setVenue(stored).catch(() => ({})));
  speak(setting("language") ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  setup(!state.class);
  document.body.dataset.ready = "yes";
}

main();
