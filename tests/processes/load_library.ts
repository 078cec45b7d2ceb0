// Uses a heap, and prints what came of it: as JSON, so that a test can read it.
import { Heap, LibraryError } from "../../mod.ts";

function attempt() {
  try {
    using heap = new Heap();
    return { loaded: heap.malloc(8) !== 0 };
  } catch (error) {
    if (!(error instanceof LibraryError)) throw error;
    const { name, message, attempts, cause } = error;
    const [causeName, causeMessage] = cause instanceof Error
      ? [cause.name, cause.message]
      : [];
    return { name, message, attempts, causeName, causeMessage };
  }
}

console.log(JSON.stringify(attempt()));
