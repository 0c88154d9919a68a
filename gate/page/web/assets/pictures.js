// Pictures and documents that somebody hands in: the browser opens pictures and
// all codes in one are judged; what it cannot open (PDF) the engine is asked for.

import { readPicture } from "./reader.js";

const most = 32 * 1024 * 1024;

/**
 * Reads one file: {texts} of a picture, or {answer} of the engine for a PDF.
 * Throws "large", "none" (no code in it), or the engine's fault.
 */
export async function open(file, engine) {
  if (file.size > most) throw new Error("large");
  if (await isPDF(file)) return { answer: await engine.picture(file) };
  let texts;
  try {
    ({ texts } = await readPicture(file));
  } catch {
    throw new Error("not_a_picture");
  }
  if (texts.length === 0) throw new Error("none");
  return { texts };
}

async function isPDF(file) {
  const head = new Uint8Array(await file.slice(0, 1024).arrayBuffer());
  return new TextDecoder("latin1").decode(head).includes("%PDF-");
}
