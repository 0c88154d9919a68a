// How long it takes from a sharp frame of the camera to the verdict on the screen.
// The video shows a code and a white corner, then neither, again and again: a clock
// beside the page sees the corner, and when the screen with the verdict is painted.

import { browse, open, options, pickVenue } from "./browser.mjs";

const browser = await browse(options.video);
const page = await open(browser, { viewport: { width: 1280, height: 720 } });
await pickVenue(page);
await page.evaluate(() => {
  window.samples = [];
  const video = document.getElementById("video");
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let from; // when the code came into view, until its verdict is there
  let bright = false;
  const watch = (now, { captureTime }) => {
    context.drawImage(video, 8, 8, 24, 24, 0, 0, 1, 1);
    const is = context.getImageData(0, 0, 1, 1).data[0] > 128;
    if (is && !bright) from = Math.min(now, captureTime ?? now);
    if (!is && bright && from !== undefined) {
      window.samples.push(Infinity); // went by without a verdict
      from = undefined;
    }
    bright = is;
    video.requestVideoFrameCallback(watch);
  };
  video.requestVideoFrameCallback(watch);
  new MutationObserver(() => requestAnimationFrame(() => setTimeout(() => {
    if (from === undefined || document.getElementById("verdict").hidden) return;
    window.samples.push(performance.now() - from);
    from = undefined;
  }))).observe(document.getElementById("verdict-panels"), { childList: true });
});
await page.waitForFunction((wanted) => window.samples.length >= wanted, options.samples + 1, { timeout: 240_000 });
// The first is of a reader that was just being compiled.
const samples = (await page.evaluate(() => window.samples)).slice(1, options.samples + 1).sort((a, b) => a - b);
console.log(JSON.stringify({ name: "median", figure: samples[Math.floor(samples.length / 2)], samples: samples.length }));
console.log(JSON.stringify({ name: "p95", figure: samples[Math.floor(samples.length * 0.95)] ?? 0, samples: samples.length }));
await browser.close();
