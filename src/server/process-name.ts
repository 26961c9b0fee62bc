// Names this process on a database that others use too, and tells whether a process with such a name has ended.

import { hostname } from 'node:os'

/** This very process: a later one may have its number. */
export const PROCESS_NAME: string = `${hostname()} ${process.pid} ${Math.round(performance.timeOrigin)}`

/** Whether the process that such a name, or a name that begins with one, belongs to is known to have ended. */
export function hasEnded(name: string): boolean {
  const [host, pid] = name.split(' ')
  if (`${name} `.startsWith(`${PROCESS_NAME} `) || host !== hostname()) return false
  if (Number(pid) === process.pid) return true
  try {
    process.kill(Number(pid), 0)
    return false
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH'
  }
}
