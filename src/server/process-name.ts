// Names this process on a database that others use too, and finds out whether another one has ended.

import { hostname } from 'node:os'

/** The name of this process. The number alone is not enough: a later process may get the same. */
export const PROCESS_NAME: string = `${hostname()} ${process.pid} ${Math.round(performance.timeOrigin)}`

/** Whether the process of such a name, or of a name that begins with one, is known to have ended. */
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
