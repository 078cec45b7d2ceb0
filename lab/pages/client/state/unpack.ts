/// <reference lib="dom" />
import { unpackRun } from "../../packing/pack_run.ts";
import { find } from "../dom.ts";
import { painted } from "./frame.ts";
import { PageRun } from "./page_run.ts";

/**
 * Unpacks the run that stands in the page, step by step, so that the page answers
 * in between.
 */
export async function unpackPageRun(index: number): Promise<PageRun> {
  const script = find(document, `script#run-${index}`);
  const compressed = bytesOfBase64(script.textContent);
  script.remove();
  await painted();
  const packed = await decompress(compressed);
  await painted();
  const data = unpackRun(packed);
  await painted();
  return new PageRun(data);
}

function bytesOfBase64(base64: string): Uint8Array<ArrayBuffer> {
  const binary = atob(base64);
  const bytes = new Uint8Array(binary.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
  return bytes;
}

async function decompress(
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(
    new DecompressionStream("gzip"),
  );
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
