// Marks index paths of a tenant's types as complete or not, and makes and removes them.

import type { Write, Written } from '../contract/index.ts'
import { DONE } from '../rules.ts'
import { requireTenant, type WriteDeps } from './write-deps.ts'

/** Carries out an `indexed` write. */
export function changePaths(deps: WriteDeps, write: Extract<Write, { write: 'indexed' }>, at: number): Written {
  const { connection, dictionary, counters, garbage } = deps
  const tenantNo = requireTenant(deps, write.tenant, at)
  const typeNo = dictionary.ensureType(tenantNo, write.type)
  for (const name of write.paths) {
    const path = dictionary.path(tenantNo, typeNo, name)
    if (write.as === 'complete' || write.as === 'incomplete') {
      const ready = write.as === 'complete'
      if (path !== undefined)
        connection.run('update lockstep_path set ready = ? where a = ?', ready ? 1 : 0, path.pathNo)
      else if (ready) dictionary.ensurePath(tenantNo, typeNo, name, false, true)
      continue
    }
    if (path !== undefined) {
      // Deleting all its entries may take long and happens later; its number is never used again.
      connection.run('delete from lockstep_path where a = ?', path.pathNo)
      garbage.addPath(tenantNo, path.pathNo)
      dictionary.forget()
    }
    if (write.as === 'empty') dictionary.ensurePath(tenantNo, typeNo, name, true, false)
  }
  dictionary.forget()
  counters.signal(write.tenant, false)
  return DONE
}
