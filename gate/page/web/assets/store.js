// What the web application keeps: one record {bundle, memory, latest} in IndexedDB.
// The browser writes a transaction whole or not at all, as a power cut needs.

const open = () => new Promise((resolve, reject) => {
  const asked = indexedDB.open("tongxing", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("trust");
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function run(mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction("trust", mode, { durability: "strict" });
      const asked = act(transaction.objectStore("trust"));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

export const get = () => run("readonly", (store) => store.get("current"));
export const put = (record) => run("readwrite", (store) => store.put(record, "current"));
