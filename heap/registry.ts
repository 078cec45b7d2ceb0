/**
 * The heaps of this isolate, held weakly, so that a pointer given to the wrong
 * one can be told from a pointer that never was.
 */
export class Registry<Member extends WeakKey> {
  readonly #members = new Map<number, WeakRef<Member>>();
  readonly #collected = new FinalizationRegistry<number>((key) =>
    this.#members.delete(key)
  );
  #nextKey = 0;

  /**
   * Adds a member until it is collected or removed.
   *
   * @returns A function that removes it.
   */
  add(member: Member): () => void {
    const key = this.#nextKey++;
    this.#members.set(key, new WeakRef(member));
    this.#collected.register(member, key);
    return () => this.#members.delete(key);
  }

  /** The first answer that a member gives; asks one after the other. */
  ask<Answer>(
    question: (member: Member) => Answer | undefined,
  ): Answer | undefined {
    for (const reference of this.#members.values()) {
      const member = reference.deref();
      const answer = member && question(member);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}
