// Packs what is published, installs it in an empty project, and goes through an administrator's week with it.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { install, makeProject, pack } from './package/pack.ts'
import { tryWeek } from './package/week.ts'

const folder = mkdtempSync(join(tmpdir(), 'lockstep-hub-'))
try {
  const { library, server } = pack(folder)
  const project = makeProject(join(folder, 'project'))
  install(project, library, server)
  tryWeek(project)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
