// The sound of a verdict: the tones that the screen names, made by WebAudio.

let context;
let on = true;

/** Browsers give sound only after a touch or a key: this is called with each. */
export function unlock() {
  try {
    context ??= new AudioContext({ latencyHint: "interactive" });
    if (context.state === "suspended") context.resume().catch(() => {});
  } catch {
    context = undefined; // no sound here: colour, word and shape stay
  }
}

export function setSound(value) {
  on = value;
}

/** Whether a verdict would be heard now. */
export function audible() {
  return on && context?.state === "running";
}

/** Plays [{hertz, ms}]; 0 hertz is a pause. */
export function play(tones) {
  if (!audible()) return;
  let at = context.currentTime + 0.01;
  for (const { hertz, ms } of tones ?? []) {
    const end = at + ms / 1000;
    if (hertz > 0) tone(hertz, at, end);
    at = end;
  }
}

function tone(hertz, begin, end) {
  const source = context.createOscillator();
  const volume = context.createGain();
  source.type = hertz < 300 ? "square" : "sine"; // low tones of a sine are not heard from small loudspeakers
  source.frequency.value = hertz;
  volume.gain.setValueAtTime(0, begin);
  volume.gain.linearRampToValueAtTime(0.5, begin + 0.008);
  volume.gain.setValueAtTime(0.5, Math.max(begin + 0.008, end - 0.02));
  volume.gain.linearRampToValueAtTime(0, end);
  source.connect(volume).connect(context.destination);
  source.start(begin);
  source.stop(end);
}
