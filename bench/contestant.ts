import type { Allocator, PeerModule } from "./allocator.ts";
import type { Case } from "./cases/all.ts";
import { openLibrary } from "./native_library.ts";
import type { Opener, Peer } from "./peers/all.ts";
import type { CaseModule, Preparation, Workload } from "./workload.ts";

/** A case laid out on an allocator; disposing of it closes both. */
export interface Contestant extends Disposable {
  /** The allocator. */
  readonly peer: Peer;
  /** The case on it. */
  readonly workload: Workload;
}

/**
 * Lays a case out on an allocator.
 *
 * The modules of the case and of the allocator are loaded anew, under an address of
 * their own. Allocators that share functions also share what the compiler learned of
 * them: calls through FFI then leave the compiled fast path, and take ten times as
 * long.
 *
 * @throws {MissingPeerError} If the allocator is not installed.
 */
export async function enter(
  measured: Case,
  peer: Peer,
  blocks: number,
): Promise<Contestant> {
  const query = new URLSearchParams({ peer: peer.name });
  const preparation = await load(measured, query);
  const owner = new DisposableStack();
  const workload = typeof peer.runs === "string"
    ? await inC(preparation, peer, blocks, owner)
    : await onAllocator(
      preparation,
      peer,
      blocks,
      await loadOpener(peer, peer.runs, query),
      owner,
    );
  owner.defer(() => workload.end());
  return { peer, workload, [Symbol.dispose]: () => owner.dispose() };
}

/**
 * Loads a case.
 *
 * @param measured The case.
 * @param query What makes the address of the module one of its own.
 */
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
  open: () => Allocator<unknown>,
  owner: DisposableStack,
): Promise<Workload> {
  const another = () => owner.use(opened(peer, open));
  return await preparation.on(another(), blocks, another);
}

async function loadOpener(
  peer: Peer,
  { module, open }: Opener,
  query: URLSearchParams,
): Promise<() => Allocator<unknown>> {
  let peers: PeerModule;
  try {
    peers = await import(`./peers/${module}?${query}`);
  } catch (cause) {
    throw new MissingPeerError(peer, cause);
  }
  if (peers[open]) return peers[open];
  throw new TypeError(`bench/peers/${module} exports no ${open}`);
}

async function inC(
  preparation: Preparation,
  peer: Peer,
  blocks: number,
  owner: DisposableStack,
): Promise<Workload> {
  const library = opened(peer, openLibrary);
  owner.defer(() => library.close());
  if (peer.runs === "inC") {
    return await preparation.inC(library.symbols, blocks);
  }
  if (preparation.bare) return preparation.bare(library.symbols);
  throw new TypeError(`the case has no function for ${peer.name}`);
}

function opened<Opened>(peer: Peer, open: () => Opened): Opened {
  try {
    return open();
  } catch (cause) {
    throw new MissingPeerError(peer, cause);
  }
}

/** Thrown when an allocator is not installed. */
export class MissingPeerError extends Error {
  /** `"MissingPeerError"`. */
  override readonly name = "MissingPeerError";

  /**
   * Says which allocator is left out, and why.
   *
   * @param peer The allocator.
   * @param cause What opening it threw.
   */
  constructor(peer: Peer, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${peer.name} is left out: ${reason}`, { cause });
  }
}
