
// Keeps the files above: each is taken with the hash that stands there or the
// version is not installed at all. From then on they come from here, with or
// without a network. A newer version waits until the page says "begin".

const kept = `tongxing-${version}`;

const hex = (bytes) => [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("");

async function take(cache, name) {
  const answer = await fetch(name, { cache: "no-cache" });
  const body = await answer.arrayBuffer();
  if (!answer.ok || hex(await crypto.subtle.digest("SHA-256", body)) !== files[name]) throw new Error(`${name} is not of this version`);
  const headers = { "Content-Type": typeOf(name) };
  await cache.put(new URL(name, registration.scope), new Response(body, { headers }));
}

// Hosts that call a module something else would stop it; a worker need not ask them.
const types = {
  html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", wasm: "application/wasm", svg: "image/svg+xml", png: "image/png",
  json: "application/json", webmanifest: "application/manifest+json", woff2: "font/woff2",
};
const typeOf = (name) => types[name.split(".").pop()] ?? "text/plain";

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(kept);
    await Promise.all(Object.keys(files).map((name) => take(cache, name)));
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name.startsWith("tongxing-") && name !== kept) await caches.delete(name);
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  if (event.data === "begin") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(registration.scope)) return;
  const wanted = request.mode === "navigate" ? new URL("index.html", registration.scope) : request;
  event.respondWith((async () => (await (await caches.open(kept)).match(wanted, { ignoreSearch: true })) ?? fetch(request))());
});
