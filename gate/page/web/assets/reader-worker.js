// Reads the QR codes of a picture off the page's thread, with zxing-wasm. Its
// .wasm is the file beside it: left to itself it would ask a host of others.
//
// In:  {id, bitmap | picture: Blob, hard}    Out: {id, texts, width, height} or {id, fault}

import { prepareZXingModule, readBarcodes } from "./zxing/reader/index.js";

prepareZXingModule({
  overrides: { locateFile: (name) => new URL(`./zxing/${name}`, import.meta.url).href },
  fireImmediately: true,
}).catch(() => {}); // a fault shows with the first picture, with its id

// One more than are judged together, so that who holds up more is told.
const most = 17;
const quick = { formats: ["QRCode"], tryHarder: true, tryRotate: false, tryInvert: false, tryDownscale: true, maxNumberOfSymbols: most };
const hard = { ...quick, tryRotate: true, tryInvert: true, tryDenoise: true, maxNumberOfSymbols: 64 };

let canvas;

function pixels(bitmap) {
  canvas ??= new OffscreenCanvas(1, 1);
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  return context.getImageData(0, 0, bitmap.width, bitmap.height);
}

async function read(request) {
  const bitmap = request.bitmap ?? (await createImageBitmap(request.picture));
  const image = pixels(bitmap);
  bitmap.close();
  const found = await readBarcodes(image, request.hard ? hard : quick);
  const texts = [...new Set(found.filter((code) => code.isValid && code.text !== "").map((code) => code.text))];
  return { texts, width: image.width, height: image.height };
}

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ id: data.id, ...(await read(data)) });
  } catch (fault) {
    self.postMessage({ id: data.id, fault: String(fault) });
  }
};
