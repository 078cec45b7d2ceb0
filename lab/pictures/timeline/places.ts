interface Place {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Keeps labels from being drawn over each other: where something was drawn. */
export class Places {
  readonly #taken: Place[] = [];

  /**
   * Takes a place, given by its edges in pixels, if nothing was drawn there.
   *
   * @returns Whether it was taken.
   */
  take(left: number, top: number, right: number, bottom: number): boolean {
    const isTaken = this.#taken.some((place) =>
      place.left < right && left < place.right &&
      place.top < bottom && top < place.bottom
    );
    if (!isTaken) this.#taken.push({ left, top, right, bottom });
    return !isTaken;
  }
}
