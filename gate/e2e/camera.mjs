// The fake camera: codes on a phone and on paper, several in one view, one that
// is held up, and a camera that is not there.

import { browse, equal, holds, must, open, options, pickVenue, quiet, verdict } from "./browser.mjs";

const browser = await browse(options.video);
const page = await open(browser, { viewport: { width: 800, height: 900 } });
await page.evaluate(() => {
  // Every verdict that was on the screen, for scenes that follow each other.
  window.judged = [];
  const section = document.getElementById("verdict");
  new MutationObserver(() => {
    if (!section.hidden) window.judged.push({ reason: section.dataset.reason, panels: section.querySelectorAll(".panel").length, text: section.innerText });
  }).observe(document.getElementById("verdict-panels"), { childList: true });
});
await pickVenue(page);

for (const { name, reason, panels } of options.scenes) {
  await must(`Scene/${name}`, () => page.waitForFunction(
    ([reason, panels]) => window.judged.some((v) => (reason === undefined || v.reason === reason) && (panels === undefined || v.panels >= panels)), [reason, panels]));
}
await must("SeveralCodesInOneViewAreAskedForTogether", () => holds(page.asked.some((question) => question.codes?.length === 2), "never two codes"));
await quiet(page);
await browser.close();

const holding = await browse(options.still);
const held = await open(holding, { viewport: { width: 800, height: 900 } });
await pickVenue(held);
await must("TheSameCodeHeldUpIsOneCheck", async () => {
  await verdict(held, "pass");
  const from = await held.evaluate(() => document.getElementById("video").getVideoPlaybackQuality().totalVideoFrames);
  await held.waitForFunction((from) => document.getElementById("video").getVideoPlaybackQuality().totalVideoFrames > from + 90, from);
  equal(held.asked.length, 1, "questions to the engine");
});
await must("AHoldLastsAMinute", async () => {
  const lasted = await held.evaluate(async () => {
    const { Holds } = await import("/assets/holds.js");
    const holds = new Holds();
    const checked = [];
    for (let ms = 0; ms < 130_000; ms += 100) if (holds.see(["a"], ms).length > 0) checked.push(ms);
    const other = holds.see(["a", "b"], 130_000).map((each) => each.text);
    const again = holds.see(["a"], 150_000);
    return { checked, other, again };
  });
  equal(lasted, { checked: [0, 60_000, 120_000], other: ["b"], again: [{ text: "a", again: 20 }] }, "checks");
});
await must("MoreCodesThanAreJudgedTogetherAreSaid", async () => {
  const asked = held.asked.length;
  await held.evaluate((most) => {
    // The reader's answers are a crowd's: none of their codes was seen before.
    const { get } = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data");
    window.crowd = most + 1;
    Object.defineProperty(MessageEvent.prototype, "data", {
      get() {
        const data = get.call(this);
        return window.crowd && data?.texts ? { ...data, texts: Array.from({ length: window.crowd }, (_, i) => `TX1:${i}`) } : data;
      },
    });
  }, options.most);
  await held.waitForSelector("#notice", { state: "visible" });
  holds((await held.innerText("#notice")).includes(`${options.most} 个`), "not said");
  holds(await held.isHidden("#verdict"), "somebody else's verdict stands");
  equal(held.asked.length, asked, "questions to the engine");
  await held.evaluate((most) => (window.crowd = most), options.most);
  await held.waitForFunction((most) => document.querySelectorAll("#verdict .panel").length === most + 1, options.most);
  equal(held.asked.at(-1).codes.length, options.most, "codes judged together");
  await held.click("#verdict-close");
  await held.waitForSelector("#notice", { state: "hidden" });
  await held.evaluate(() => (window.crowd = 0));
});
await must("ACameraThatIsPulledOutIsSaidAndComesBack", async () => {
  await held.click("#verdict-close");
  await held.evaluate(() => {
    const [track] = document.getElementById("video").srcObject.getVideoTracks();
    track.dispatchEvent(new Event("ended"));
  });
  await held.waitForSelector("#camera-fault", { state: "visible" });
  holds((await held.innerText("#camera-fault")).includes("断开"), "not said");
  await held.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event("devicechange")));
  await held.waitForSelector("#camera-fault", { state: "hidden" });
});
await must("ACameraThatIsRefusedIsSaid", async () => {
  for (const [name, words] of [["NotAllowedError", "不允许"], ["NotFoundError", "没有找到"], ["NotReadableError", "占用"]]) {
    await held.evaluate((name) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", name));
    }, name);
    await held.click('[data-way="scanner"]');
    await held.click('[data-way="camera"]');
    await held.waitForFunction((words) => document.getElementById("camera-fault").innerText.includes(words), words);
  }
});
await quiet(held);
await holding.close();
