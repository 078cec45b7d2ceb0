/**
 * Options that can be read once. Each is a getter, which throws if it is asked again: an
 * option that is checked and then read a second time may have changed in between.
 *
 * @param options The options and their values. Those that are `undefined` count as given.
 * @param whenRead Called while an option is read, as a getter of a program may do anything.
 */
export function readOnce<const Options extends object>(
  options: Options,
  whenRead: (name: string) => void = () => {},
): Options {
  const unread = new Map<string, unknown>(Object.entries(options));
  const getters = [...unread.keys()].map((name) => [name, {
    enumerable: true,
    get(): unknown {
      if (!unread.has(name)) throw new Error(`${name} was read twice`);
      const value = unread.get(name);
      unread.delete(name);
      whenRead(name);
      return value;
    },
  }]);
  return Object.defineProperties({} as Options, Object.fromEntries(getters));
}
