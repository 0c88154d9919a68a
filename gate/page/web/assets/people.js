// Coming in with the document alone (刷身份证), where the venue has that: the
// document opens the code that its holder had enrolled, or says another way in.
// Enrolling takes the code and the holder's word; deleting takes the document.

import * as checks from "./checks.js";
import { endScan } from "./wedge.js";
import { clock, pick, say } from "./words.js";

const at = (id) => document.getElementById(id);
const longest = 64; // characters of a document number, more than any has: a code has 200 and more

let engine;

export function setEngine(value) {
  engine = value;
}

/** Shows the way in, or hides it where the venue has not switched it on. */
export function offer(on) {
  document.querySelector('[data-way="document"]').hidden = !on;
}

/** Asks the engine about the document in the form and says what came of it. */
async function about(question) {
  const form = at("person");
  if (!form.reportValidity()) return;
  const presented = { document_type: at("person-type").value, number: at("person-number").value.trim() };
  at("person-line").textContent = say("gate_page_person_wait");
  try {
    at("person-line").textContent = await question(presented);
    form.reset(); // nothing of a person stays on the screen
  } catch (refused) {
    at("person-line").textContent = pick(refused.words) || say("gate_page_gone");
  }
}

async function open(presented) {
  checks.show(await engine.document(presented), { source: "document" });
  return "";
}

async function enrol(presented) {
  const { until } = await engine.enrol(at("person-code").value.trim(), presented);
  return say("gate_page_person_enrolled", clock(until));
}

async function forget(presented) {
  const { deleted } = await engine.forget(presented);
  return say(deleted ? "gate_page_person_deleted" : "gate_page_person_none");
}

endScan(at("person-number"), () => at("person").requestSubmit());
at("person").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = at("person-number").value;
  if (typed.trim().length <= longest) {
    about(open);
    return;
  }
  at("person").reset();
  checks.judgeTyped(typed, { source: "wedge" }).catch(() => {}); // the holder showed the code after all
});
at("person-enrol").addEventListener("click", () => {
  if (!at("person-agrees").checked) at("person-line").textContent = say("gate_page_person_ask");
  else if (at("person-code").value.trim() === "") at("person-line").textContent = say("gate_page_person_code_missing");
  else about(enrol);
});
at("person-code").addEventListener("keydown", (event) => {
  if (event.key === "Enter") event.preventDefault(); // a scanner's, which asks for nothing yet
});
at("person-delete").addEventListener("click", () => about(forget));
