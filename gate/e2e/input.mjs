// Codes that are typed: by a scanner, through an input method, with caps lock;
// and codes in pictures.

import { browse, check, equal, holds, must, open, options, pickVenue, quiet, scan, verdict } from "./browser.mjs";

const browser = await browse();
const page = await open(browser);
await pickVenue(page);
const close = () => page.keyboard.press("Escape");

/** Types where nothing has the focus. */
async function unfocused(text, end) {
  await page.evaluate(() => document.activeElement.blur());
  await scan(page, text, end);
}

const [green, digits, , yellow, red] = options.codes;

for (const end of ["Enter", "Tab", ""]) {
  await must(`AScannerThatEndsWith${end || "Nothing"}`, async () => {
    await unfocused(green.code, end);
    await verdict(page, "pass");
    await close();
  });
}
await must("TheNextScanReplacesTheVerdict", async () => {
  await unfocused(green.code);
  await verdict(page, "pass");
  await unfocused(yellow.code);
  await verdict(page, "check", yellow.reason);
  await close();
});
await must("KeysOfAPersonAreNoCode", async () => {
  await unfocused("abc", "");
  await unfocused(digits.code); // what was touched before is noise in front of it
  await verdict(page, "pass");
  await close();
});
await must("CapsLockIsTheScannersFault", async () => {
  const turned = [...green.code].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join("");
  await unfocused(turned);
  await page.waitForSelector("#verdict", { state: "visible" });
  const screen = await page.getAttribute("#verdict", "data-screen");
  holds(["pass", "scanner"].includes(screen), `the screen is ${screen}`);
  await close();
});
await must("DigitsPassThroughAnInputMethod", async () => {
  await page.click('[data-way="scanner"]');
  await page.focus("#manual-text");
  const session = await page.context().newCDPSession(page);
  for (let i = 0; i < digits.code.length; i += 40) {
    const part = digits.code.slice(i, i + 40);
    await session.send("Input.imeSetComposition", { text: part, selectionStart: part.length, selectionEnd: part.length });
    await session.send("Input.insertText", { text: part });
  }
  await page.keyboard.press("Enter");
  await verdict(page, "pass");
  await close();
});
await must("DigitsPassThroughANumberPadWithoutNumberLock", async () => {
  for (const way of ["camera", "scanner"]) { // the page's keys, and those of the field
    await page.click(`[data-way="${way}"]`);
    for (const digit of digits.code) await page.keyboard.press(`Numpad${digit}`); // End, ArrowDown, ...
    await page.keyboard.press("Enter");
    await verdict(page, "pass");
    await close();
  }
});
await must("DigitsPassThroughAnotherLayoutWithCapsLock", async () => {
  await page.evaluate((code) => {
    document.activeElement.blur();
    const row = `À&É"'(-È_Ç`; // French
    for (const key of [...code].map((digit) => row[digit]).concat("Enter")) document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }, digits.code);
  await verdict(page, "pass");
  await close();
});
await must("LettersInAnInputMethodAreTheScannersFault", async () => {
  await page.focus("#manual-text");
  const session = await page.context().newCDPSession(page);
  await session.send("Input.imeSetComposition", { text: "tx", selectionStart: 2, selectionEnd: 2 });
  await session.send("Input.insertText", { text: "同学" });
  await session.send("Input.insertText", { text: `1：${green.code.slice(4, 60).toLowerCase()}` });
  await page.keyboard.press("Enter");
  const text = await verdict(page, "scanner");
  holds(text.includes("扫码枪"), `not told to switch the scanner: ${text}`);
  await close();
});
await must("EveryCodeOfAPictureIsJudged", async () => {
  await page.click('[data-way="picture"]');
  await page.setInputFiles("#picture-file", options.picture);
  await page.waitForFunction(() => document.querySelectorAll("#verdict .panel").length >= 2);
  await close();
});
await must("APictureWithoutACodeIsSaid", async () => {
  await page.setInputFiles("#picture-file", options.blank);
  await page.waitForFunction(() => document.getElementById("picture-line").textContent.includes("没有找到"));
  await page.setInputFiles("#picture-file", { name: "a.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.waitForFunction(() => document.getElementById("picture-line").textContent.includes("打不开"));
});
await must("TheCodesOfAPDFAreJudged", async () => {
  await page.setInputFiles("#picture-file", options.pdf);
  await verdict(page, "pass");
  holds(await page.isHidden("#document-button"), "a document is asked for, but the program has the code");
  await close();
});
await must("AFieldKeepsItsKeys", async () => {
  await check(page, green.code);
  await verdict(page, "pass");
  await page.click("#document-button");
  await page.focus("#document-number");
  await page.keyboard.type("33010119900101123X");
  equal(await page.inputValue("#document-number"), "33010119900101123X", "field");
  await close();
});

for (const end of ["Enter", "Tab", ""]) {
  await must(`AScannerThatEndsWith${end || "Nothing"}InTheFieldForIt`, async () => {
    await page.click('[data-way="scanner"]');
    await page.focus("#manual-text");
    await scan(page, green.code, end);
    await verdict(page, "pass");
    equal(await page.inputValue("#manual-text"), "", "field");
    await close();
  });
}
// A guard who is about to type the document's number: what stands on the screen is not the next holder's.
for (const [field, end] of [["document-number", "Enter"], ["document-name", "Tab"], ["document-type", ""]]) {
  await must(`TheNextHoldersCodeIsJudgedWithTheCursorIn ${field}`, async () => {
    await check(page, green.code);
    await verdict(page, "pass");
    await page.click("#document-button");
    await page.fill("#document-number", "3301"); // begun
    await page.focus(`#${field}`);
    await scan(page, red.code, end);
    await verdict(page, "restricted", red.reason);
    await close();
  });
}

await quiet(page);
await browser.close();
