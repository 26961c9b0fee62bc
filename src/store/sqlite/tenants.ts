// Creates and removes tenants.

import { Conflict, type Write, type Written } from '../contract/index.ts'
import { requireTenant, type WriteDeps } from './write-deps.ts'

/** Creates or removes a tenant. */
export function changeTenant(deps: WriteDeps, write: Extract<Write, { write: 'tenant' }>, at: number): Written {
  const { connection, dictionary, counters, garbage } = deps
  const { tenant: name } = write
  if (write.as === 'new') {
    if (name === '' || dictionary.tenant(name) !== undefined) throw new Conflict('exists', at, name)
    connection.run('insert into lockstep_tenant (name, created) values (?, ?)', name, write.at)
  } else {
    const tenantNo = requireTenant(deps, name, at)
    // Its rows can no longer be found; deleting them may take long and happens later.
    connection.run('delete from lockstep_tenant where t = ?', tenantNo)
    garbage.add(tenantNo)
    counters.dropTenant(tenantNo)
    dictionary.forget()
  }
  counters.signal(name, true)
  return { changed: true, version: 0, created: write.at, modified: write.at }
}
