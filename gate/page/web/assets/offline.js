// The web application without a network: registers the service worker, and tells
// the guard when a newer version lies ready, which begins only when they say so.

/** ready(begin) is called when a newer version waits; begin() changes to it. */
export async function keepOffline(ready) {
  if (!navigator.serviceWorker) return;
  let begun = false;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (begun) location.reload();
  });
  const registration = await navigator.serviceWorker.register(new URL("../sw.js", import.meta.url), { scope: new URL("../", import.meta.url).pathname });
  const offer = (worker) => ready(() => {
    begun = true;
    worker.postMessage("begin");
  });
  if (registration.waiting && navigator.serviceWorker.controller) offer(registration.waiting);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && navigator.serviceWorker.controller) offer(worker);
    });
  });
}
