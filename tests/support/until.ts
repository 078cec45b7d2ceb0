const INTERVAL = 20; // milliseconds

/** Waits until something holds that another process brings about. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) {
    await new Promise((done) => setTimeout(done, INTERVAL));
  }
}
