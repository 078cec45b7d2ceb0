import { DENO, program } from "./run_deno.ts";

/** A process that serves the files of a folder over HTTP. It needs no permission here. */
export class FileServer implements AsyncDisposable {
  /** What its URLs begin with: `localhost` and a port. */
  readonly host: string;
  readonly #process: Deno.ChildProcess;

  private constructor(process: Deno.ChildProcess, port: string) {
    this.#process = process;
    this.host = `localhost:${port}`;
  }

  /** Starts one; it listens when the promise is fulfilled. */
  static async start(folder: string): Promise<FileServer> {
    const process = new Deno.Command(DENO, {
      args: [
        ...["run", "--quiet", "--no-prompt", "--allow-net=localhost"],
        ...[`--allow-read=${folder}`, program("serve_folder.ts"), folder],
      ],
      env: { NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
    }).spawn();
    const reader = process.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    return new FileServer(process, new TextDecoder().decode(value).trim());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill();
    await this.#process.status;
  }
}
