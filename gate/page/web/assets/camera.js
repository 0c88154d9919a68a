// The camera: frames to texts, and in words what is wrong with it.
//
// One frame is read at a time, the newest: a slow device skips frames rather
// than falling behind. A frame is read at up to wide pixels at once; when that
// finds nothing, every third try looks at the middle at the camera's full
// resolution, which dense codes on paper need, and every ninth looks long.

import { readFrame, warmReader } from "./reader.js";

const wide = 1280;

export class Camera {
  #video;
  #found;
  #fault;
  #stream;
  #busy = false;
  #misses = 0;
  #session = 0;

  /** found(texts) for each frame read, fault(name) with "" when all is well. */
  constructor(video, { found, fault }) {
    this.#video = video;
    this.#found = found;
    this.#fault = fault;
  }

  get running() {
    return this.#stream !== undefined;
  }

  /** Starts the camera named, or the one that looks away from the guard. */
  async start(device) {
    this.stop();
    const session = ++this.#session;
    warmReader();
    let stream;
    try {
      if (!navigator.mediaDevices) throw new DOMException("", "NotSupportedError");
      stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: this.#wanted(device) });
    } catch (fault) {
      if (session === this.#session) this.#fault(faultName(fault));
      return;
    }
    if (session !== this.#session) return end(stream);
    this.#stream = stream;
    for (const track of stream.getVideoTracks()) track.addEventListener("ended", () => this.#lost(session));
    this.#video.srcObject = stream;
    await this.#video.play().catch(() => {});
    this.#fault("");
    this.#next(session);
  }

  #wanted(device) {
    const size = { width: { ideal: 1920 }, height: { ideal: 1080 } };
    return device ? { ...size, deviceId: { exact: device } } : { ...size, facingMode: { ideal: "environment" } };
  }

  stop() {
    this.#session++;
    end(this.#stream);
    this.#stream = undefined;
    this.#video.srcObject = null;
  }

  #lost(session) {
    if (session !== this.#session) return;
    this.stop();
    this.#fault("lost");
  }

  /** The cameras that there are: [{id, label}]; labels are there after permission. */
  async choices() {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return devices.filter((d) => d.kind === "videoinput").map((d) => ({ id: d.deviceId, label: d.label }));
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  get hasTorch() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  torch(on) {
    return this.#track?.applyConstraints({ advanced: [{ torch: on }] }).catch(() => {});
  }

  #next(session) {
    const again = () => {
      if (session !== this.#session) return;
      if (!this.#busy) this.#look(session);
      this.#next(session);
    };
    if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(again);
    else setTimeout(again, 60);
  }

  async #look(session) {
    this.#busy = true;
    try {
      const full = this.#misses % 3 === 2;
      const bitmap = await this.#grab(full);
      const { texts } = await readFrame(bitmap, this.#misses % 9 === 8);
      this.#misses = texts.length > 0 ? 0 : this.#misses + 1;
      if (session === this.#session) this.#found(texts);
    } catch {
      // A frame that could not be taken: the next one comes.
    } finally {
      this.#busy = false;
    }
  }

  #grab(full) {
    const { videoWidth: width, videoHeight: height } = this.#video;
    if (full) {
      const side = { width: Math.round(width * 0.6), height: Math.round(height * 0.8) };
      return createImageBitmap(this.#video, Math.round((width - side.width) / 2), Math.round((height - side.height) / 2), side.width, side.height);
    }
    if (width <= wide) return createImageBitmap(this.#video);
    return createImageBitmap(this.#video, { resizeWidth: wide, resizeHeight: Math.round((height * wide) / width), resizeQuality: "low" });
  }
}

function end(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** What a person can do something about: "none", "denied", "taken" or "insecure". */
function faultName(fault) {
  switch (fault.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotReadableError":
    case "AbortError":
      return "taken";
    case "NotSupportedError":
    case "TypeError":
      return "insecure";
    default:
      return "none";
  }
}
