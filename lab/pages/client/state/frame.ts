/// <reference lib="dom" />

/** So far outside of the window something counts as seen: scrolling shows no blanks. */
const NEAR = "200px";
/** Milliseconds without input after which what cannot be seen is drawn. */
const QUIET = 250;

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
 * A function that has `draw` called once before the next frame if `target` can be
 * seen. Otherwise it is called when that comes into view, or when nothing more
 * happens for a while: what is scrolled away costs nothing while one steps.
 */
export function onceSeen(target: Element, draw: () => void): () => void {
  let isDue = false;
  let isSeen = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const drawIfDue = () => {
    if (isDue) draw();
    isDue = false;
  };
  const drawSoon = oncePerFrame(drawIfDue);
  const observer = new IntersectionObserver((entries) => {
    isSeen = entries.at(-1)?.isIntersecting ?? false;
    if (isSeen) drawSoon();
  }, { rootMargin: NEAR });
  observer.observe(target);
  return () => {
    isDue = true;
    clearTimeout(timer);
    if (isSeen) drawSoon();
    else timer = setTimeout(drawIfDue, QUIET);
  };
}

/** Waits until the browser has painted what there is. */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => setTimeout(resolve, 0));
  });
}
