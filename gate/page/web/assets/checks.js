// From texts to the verdict on the screen, with the document that the guard
// compares, where one is asked for. Codes are kept in memory while their verdict
// stands, and no longer.

import * as verdict from "./verdict.js";
import { Fault } from "./fault.js";
import { endScan, shortestCode } from "./wedge.js";
import { say } from "./words.js";

const at = (id) => document.getElementById(id);
const types = ["01", "02", "03", "06", "07", "99"]; // WS 364.3

const mostTogether = 16; // gate.MaxCodes: an engine judges no more at once

let engine;
let current; // {codes | typed, source} of what is shown
let turn = 0; // the newest question: an answer to an older one is not shown

export function setEngine(value) {
  engine = value;
}

/** Judges codes and shows the answer. about is {source, again}. Throws "too_many_codes". */
export async function judge(codes, about) {
  if (codes.length > mostTogether) throw new Fault("too_many_codes");
  return ask({ codes }, about);
}

/** The same for what a scanner or a person typed, as it was typed. */
export function judgeTyped(typed, about) {
  return ask({ typed }, about);
}

async function ask(question, about, presented) {
  const mine = ++turn;
  const answer = question.typed === undefined
    ? await engine.verify(question.codes, about.source, presented)
    : await engine.verifyTyped(question.typed, about.source, presented);
  if (mine !== turn) return;
  current = { ...question, about };
  present(answer, about);
}

/** Shows an answer that came by itself, or that was asked for elsewhere: its code is not here. */
export function show(answer, about) {
  turn++;
  current = undefined;
  present(answer, about);
}

function present(answer, about) {
  at("document-button").hidden = current === undefined;
  openDocument(false);
  verdict.show(answer, about);
}

/** A document lies on the reader: the next code is compared with it. */
export function documentLies({ name_masked: name, last_two: lastTwo }) {
  at("camera-line").textContent = lastTwo ? say("gate_page_document_lies", name ?? "", lastTwo) : say("gate_page_document_unread");
}

export function offerDocuments() {
  for (const select of document.querySelectorAll("select.document-types")) {
    const chosen = select.value || types[0];
    select.replaceChildren(...types.map((type) => {
      const option = document.createElement("option");
      option.value = type;
      option.textContent = say(documentKeys[type]);
      return option;
    }));
    select.value = chosen;
  }
}

const documentKeys = {
  "01": "gate_page_document_01", "02": "gate_page_document_02", "03": "gate_page_document_03",
  "06": "gate_page_document_06", "07": "gate_page_document_07", "99": "gate_page_document_99",
};

function openDocument(open) {
  at("document").hidden = !open;
  at("document-button").setAttribute("aria-expanded", String(open));
  if (open) at("document-number").focus();
  else at("document").reset();
}

at("document-button").addEventListener("click", () => openDocument(at("document").hidden));
for (const id of ["document-number", "document-name"]) endScan(at(id), () => at("document").requestSubmit());
at("document").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!current) return;
  const presented = { document_type: at("document-type").value, number: at("document-number").value.trim(), name: at("document-name").value.trim() };
  const scanned = [presented.number, presented.name].find((text) => text.length >= shortestCode);
  if (scanned !== undefined) { // the next holder's code came while the cursor was here: what stands is not theirs
    verdict.close();
    judgeTyped(scanned, { source: "wedge" }).catch(() => {});
    return;
  }
  if (!presented.name) delete presented.name;
  ask(current, current.about, presented).catch(() => {});
});
at("verdict-close").addEventListener("click", () => verdict.close());
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") verdict.close();
});
at("verdict").addEventListener("closed", () => {
  current = undefined;
  openDocument(false);
});
