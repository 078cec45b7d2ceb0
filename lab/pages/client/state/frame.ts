/// <reference lib="dom" />

/** So far outside of the window something counts as seen: scrolling shows no blanks. */
const NEAR = "200px";

/**
 * A function that has `draw` called once before the next frame, however often it
 * is called itself.
 */
export function oncePerFrame(draw: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      draw();
    });
  };
}

/**
 * A function that has `draw` called once before the next frame in which `target`
 * can be seen: what is scrolled away costs nothing while one steps.
 */
export function onceSeen(target: Element, draw: () => void): () => void {
  let isDue = false;
  let isSeen = false;
  const drawIfDue = oncePerFrame(() => {
    if (!isDue || !isSeen) return;
    isDue = false;
    draw();
  });
  const observer = new IntersectionObserver((entries) => {
    isSeen = entries.at(-1)?.isIntersecting ?? false;
    drawIfDue();
  }, { rootMargin: NEAR });
  observer.observe(target);
  return () => {
    isDue = true;
    drawIfDue();
  };
}

/** Waits until the browser has painted what there is. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve, 0));
  });
}
