// Serves the files of a folder over HTTP, and prints the port. Ends when killed.
const [folder] = Deno.args;

const TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  ts: "text/typescript",
};

Deno.serve({
  hostname: "localhost",
  port: 0,
  onListen: ({ port }) => console.log(port),
}, async ({ url }) => {
  const { pathname } = new URL(url);
  try {
    const file = await Deno.open(`${folder}${pathname}`);
    const type = TYPES[pathname.split(".").at(-1)!] ?? "text/plain";
    return new Response(file.readable, { headers: { "content-type": type } });
  } catch {
    return new Response("not found", { status: 404 });
  }
});
