// Numbers for new resources, taken from the database a block at a time.

import { numberOf } from '../sql/columns.ts'
import type { Database } from './database.ts'

/** The numbers that one process may give to new resources. */
export interface RowNumbers {
  readonly take: (tenantNo: number, count: number) => Promise<readonly number[]>
  /** Forgets the rest of a tenant's block; numbers are lost without harm. */
  readonly forget: (tenantNo: number) => void
}

/** Numbers taken at a time. */
const BLOCK = 1_000

const TAKE = 'update lockstep.tenant_state set next_k = next_k + $2 where t = $1 returning next_k - $2'

/** Creates the numbers of one process. */
export function createRowNumbers(database: Database): RowNumbers {
  const blocks = new Map<number, { next: number; end: number }>()
  return {
    async take(tenantNo, count) {
      const taken: number[] = []
      while (taken.length < count) {
        let block = blocks.get(tenantNo)
        if (block === undefined || block.next >= block.end) {
          const size = Math.max(BLOCK, count - taken.length)
          const row = await database.of(tenantNo).row(TAKE, tenantNo, size)
          // The tenant is gone; the transaction will find out.
          if (row === undefined) return Array.from({ length: count }, (_, i) => i + 1)
          block = { next: numberOf(row[0]), end: numberOf(row[0]) + size }
          blocks.set(tenantNo, block)
        }
        while (taken.length < count && block.next < block.end) taken.push(block.next++)
      }
      return taken
    },
    forget: (tenantNo) => void blocks.delete(tenantNo),
  }
}
