// The page's side of reader-worker.js: a promise for each picture.

let worker;
let last = 0;
const waiting = new Map();

function start() {
  worker = new Worker(new URL("./reader-worker.js", import.meta.url), { type: "module" });
  worker.onmessage = ({ data }) => {
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.fault === undefined) resolve(data);
    else reject(new Error(data.fault));
  };
  worker.onerror = (event) => {
    event.preventDefault();
    for (const { reject } of waiting.values()) reject(new Error(event.message));
    waiting.clear();
    worker = undefined; // the next picture starts another
  };
}

function ask(request, transfer) {
  if (!worker) start();
  const id = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, ...request }, transfer);
  });
}

/** Reads a frame; the bitmap is gone afterwards. hard looks longer. */
export function readFrame(bitmap, hard) {
  return ask({ bitmap, hard }, [bitmap]);
}

/** Reads the codes of a picture file in any format that the browser knows. */
export function readPicture(blob) {
  return ask({ picture: blob, hard: true }, []);
}

/** Compiles the reader before the first code comes. */
export function warmReader() {
  if (!worker) start();
}
