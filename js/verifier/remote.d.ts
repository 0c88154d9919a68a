import type { Verifier, WasmSource } from './index.js'

/** The methods of a Verifier, each of which returns a promise. */
export type RemoteVerifier = {
  [M in Exclude<keyof Verifier, never>]: (...values: Parameters<Verifier[M]>) => Promise<ReturnType<Verifier[M]>>
}

/** A worker of a browser or of node:worker_threads that runs @tongxing/verifier/worker. */
export interface WorkerLike {
  postMessage(message: unknown): void
}

export function createRemoteVerifier(worker: WorkerLike, options?: { wasm?: WasmSource }): Promise<RemoteVerifier>
