// Trust material by hand: a file from a stick, or the bundle beside the page.

import { pick, say } from "./words.js";

const at = (id) => document.getElementById(id);

export function offerImport(engine) {
  at("import").hidden = false;
  at("import-file").addEventListener("change", async () => {
    const [file] = at("import-file").files;
    at("import-file").value = "";
    if (file) await take(async () => engine.importBundle(new Uint8Array(await file.arrayBuffer())));
  });
  at("import-host").addEventListener("click", () => take(() => engine.importHost()));
}

async function take(load) {
  at("import-line").textContent = say("gate_page_picture_reading");
  try {
    await load();
    at("import-line").textContent = say("gate_page_imported");
  } catch (refused) {
    at("import-line").textContent = pick(refused.words) || say("gate_page_import_none");
  }
}
