// What whoever looks after the device asks of it: the self-test, and the counters
// where the venue has switched them on.

import { clock, pick, say } from "./words.js";

const at = (id) => document.getElementById(id);
const outcomes = ["pass", "check", "restricted", "unverified"];

let engine;

export function setEngine(value) {
  engine = value;
  at("selftest").hidden = !engine.selfTest;
}

/** Shows what was counted, or nothing where nothing is counted. */
export async function count(on) {
  at("counters").hidden = !on;
  if (!on) return;
  const { hours } = await engine.counters();
  at("counters-rows").replaceChildren(...hours.map(({ hour, counts }) => row(clock(hour), counts)));
}

function row(hour, counts) {
  const made = document.createElement("tr");
  made.append(cell("th", hour), ...outcomes.map((outcome) => cell("td", counts[outcome] ?? say("gate_page_counters_few"))));
  made.firstChild.scope = "row";
  return made;
}

function cell(tag, content) {
  const made = document.createElement(tag);
  made.textContent = content;
  return made;
}

at("selftest").addEventListener("click", async () => {
  const line = at("selftest-line");
  line.textContent = say("gate_page_selftest_runs");
  try {
    const { ok, passed, total } = await engine.selfTest();
    line.textContent = say(ok ? "gate_page_selftest_ok" : "gate_page_selftest_failed", passed, total);
  } catch (refused) {
    line.textContent = pick(refused.words) || say("gate_page_gone");
  }
});
