// What a command loads before it does anything: the time that `osmem --help` takes.
import { assert, assertEquals } from "@std/assert";
import { ROOT, TO_RUN_OSMEM } from "../../support/command.ts";
import { gatedTest } from "../../support/permissions.ts";
import { DENO, run } from "../../support/run_deno.ts";

/** A module as `deno info` describes it. */
interface ModuleInfo {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    /** Left out where only types are imported. */
    readonly code?: { readonly specifier?: string };
  }[];
}

/** The modules that run when this one is imported; others are imported later. */
async function loadedBy(path: string): Promise<string[]> {
  const entry = new URL(path, ROOT).href;
  const { stdout } = await run(DENO, ["info", "--json", entry]);
  const { modules } = JSON.parse(stdout) as {
    readonly modules: readonly ModuleInfo[];
  };
  const loaded = new Set([entry]);
  for (const url of loaded) {
    const module = modules.find(({ specifier }) => specifier === url);
    for (const { isDynamic, code } of module?.dependencies ?? []) {
      if (!isDynamic && code?.specifier) loaded.add(code.specifier);
    }
  }
  return [...loaded].map((url) => url.replace(ROOT.href, ""));
}

gatedTest({
  name: "the command line loads the descriptions of its commands only",
  needs: TO_RUN_OSMEM,
  async fn() {
    const loaded = await loadedBy("lab/cli.ts");
    assert(loaded.length <= 30, loaded.join("\n"));
    assertEquals(
      loaded.filter((name) => name.startsWith("npm:")).length,
      1, // commander
      loaded.join("\n"),
    );
    assertEquals(loaded.includes("mod.ts"), false);
  },
});

gatedTest({
  name: "osmem run loads neither pages nor SVG pictures nor CSV",
  needs: TO_RUN_OSMEM,
  async fn() {
    const loaded = await loadedBy("lab/commands/run.ts");
    assert(loaded.includes("mod.ts"), loaded.join("\n"));
    const others =
      /^lab\/(pages|pictures\/(svg|moment|timeline)|workloads)\/|csv|xast|fzstd/;
    assertEquals(loaded.filter((name) => others.test(name)), []);
  },
});
