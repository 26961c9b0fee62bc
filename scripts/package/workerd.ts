// Runs a program in workerd, the runtime of Cloudflare's workers, without anything of Node.

import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** A worker whose test is the program. No `nodejs_compat`: what it needs of Node, it must do without. */
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = (modules = [(name = "trial", esModule = embed "worker.js")], compatibilityDate = "2026-01-01"))]
);
`

/** Runs `trial()` of a module in the folder of an app; throws unless it resolves to what is expected. */
export async function runInWorkerd(workerd: string, app: string, module: string, expected: string): Promise<void> {
  const contents = `import { trial } from ${JSON.stringify(module)}
export default {
  async test() {
    const got = await trial()
    if (got !== ${JSON.stringify(expected)}) throw new Error('got ' + got)
  },
}`
  await build({
    stdin: { contents, resolveDir: app },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: 'browser',
    outfile: join(app, 'worker.js'),
    logLevel: 'silent',
  })
  writeFileSync(join(app, 'worker.capnp'), CONFIG)
  execFileSync(workerd, ['test', join(app, 'worker.capnp')], { cwd: app, stdio: ['ignore', 'ignore', 'pipe'] })
}
