// Picking the venue: once, and again only when somebody asks for it.

import { language, pick, say } from "./words.js";

const form = document.getElementById("setup");
const classes = document.getElementById("setup-class");
const regions = document.getElementById("setup-region");
const name = document.getElementById("venue-name");

/** Fills the two lists with what the engine knows, keeping what is chosen. */
export function offer(state) {
  fill(classes, state.classes, state.class || Number(classes.value), say("gate_page_pick"));
  fill(regions, state.regions, state.region || regions.value, say("gate_page_pick"));
  const here = state.classes.find((c) => c.number === state.class);
  const region = state.regions.find((r) => r.number === state.region);
  name.textContent = here ? [pick(here), pick(region)].filter(Boolean).join(language() === "zh" ? "·" : ", ") : say("gate_page_no_venue");
}

function fill(select, rows, chosen, first) {
  const option = (value, label) => {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = label;
    return made;
  };
  select.replaceChildren(option("", first), ...rows.map((row) => option(row.number, pick(row))));
  select.value = rows.some((row) => row.number === chosen) ? chosen : "";
}

export function open(isOpen) {
  form.hidden = !isOpen;
  if (isOpen) classes.focus();
}

export function isOpen() {
  return !form.hidden;
}

/** picked({class, region}) is called when the guard has chosen both. */
export function onPick(picked) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (classes.value && regions.value) picked({ class: Number(classes.value), region: regions.value });
  });
}
