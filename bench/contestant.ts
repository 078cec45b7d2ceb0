import type { PeerModule } from "./allocator.ts";
import type { Case } from "./cases/all.ts";
import { openLibrary } from "./native_library.ts";
import type { Peer } from "./peers/all.ts";
import type { CaseModule, Preparation, Workload } from "./workload.ts";

/** A case laid out on an allocator, both given back when disposed. */
export interface Contestant extends Disposable {
  /** The allocator. */
  readonly peer: Peer;
  /** The case on it. */
  readonly workload: Workload;
}

/**
 * Lays a case out on an allocator.
 *
 * Both modules are loaded anew for each allocator, under an address of their own.
 * Two that share their functions also share what the compiler learned of
 * them: calls through FFI then leave the compiled fast path, and take ten times
 * as long.
 *
 * @throws {MissingPeerError} If the allocator is not there.
 */
export async function enter(
  measured: Case,
  peer: Peer,
  blocks: number,
): Promise<Contestant> {
  const query = new URLSearchParams({ peer: peer.name });
  const preparation = await load(measured, query);
  const owner = new DisposableStack();
  const workload =
    await (peer.module.endsWith(".ts")
      ? onAllocator(preparation, peer, blocks, query, owner)
      : inC(preparation, peer, blocks, owner));
  owner.defer(() => workload.end());
  return { peer, workload, [Symbol.dispose]: () => owner.dispose() };
}

/** Loads a case for itself: the query makes it another module than for others. */
export async function load(
  measured: Case,
  query: URLSearchParams,
): Promise<Preparation> {
  const cases: CaseModule = await import(
    `./cases/${measured.module}?${query}`
  );
  const preparation = cases[measured.preparation];
  if (preparation) return preparation;
  throw new TypeError(
    `bench/cases/${measured.module} exports no ${measured.preparation}`,
  );
}

async function onAllocator(
  preparation: Preparation,
  peer: Peer,
  blocks: number,
  query: URLSearchParams,
  owner: DisposableStack,
): Promise<Workload> {
  const { open } = await loadPeer(peer, query);
  const another = () => owner.use(opened(peer, open));
  return await preparation.on(another(), blocks, another);
}

async function loadPeer(
  peer: Peer,
  query: URLSearchParams,
): Promise<PeerModule<unknown>> {
  try {
    return await import(`./peers/${peer.module}?${query}`);
  } catch (cause) {
    throw new MissingPeerError(peer, cause);
  }
}

async function inC(
  preparation: Preparation,
  peer: Peer,
  blocks: number,
  owner: DisposableStack,
): Promise<Workload> {
  const library = opened(peer, openLibrary);
  owner.defer(() => library.close());
  if (peer.module === "inC") {
    return await preparation.inC(library.symbols, blocks);
  }
  if (preparation.bare) return preparation.bare(library.symbols);
  throw new TypeError(`the case says nothing of ${peer.name}`);
}

function opened<Opened>(peer: Peer, open: () => Opened): Opened {
  try {
    return open();
  } catch (cause) {
    throw new MissingPeerError(peer, cause);
  }
}

/** Thrown when an allocator is not there. */
export class MissingPeerError extends Error {
  /** `"MissingPeerError"`. */
  override readonly name = "MissingPeerError";

  /**
   * Says which allocator is not there, and why.
   *
   * @param peer The allocator.
   * @param cause What was thrown when it was opened.
   */
  constructor(peer: Peer, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${peer.name} is left out: ${reason}`, { cause });
  }
}
