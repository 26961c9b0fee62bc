import { ScimError, tooMany } from '../protocol/index.ts'

/**
 * What a request gets that took longer than it may. A search would take as long the next time, so it is refused for good;
 * a write may come again. `commits`: how many it had done by then, which only Bulk has more than one of.
 */
export function overTime(method: string, path: string, seconds: number, commits: number): ScimError {
  if (method === 'GET' || method === 'HEAD' || path.includes('/.search')) {
    return tooMany(
      `This search took longer than ${seconds} s and was stopped; use a narrower filter or a smaller page, or have its attributes indexed (lockstep index put)`,
    )
  }
  const done = commits === 0 ? 'nothing was changed' : 'a part of it was carried out'
  return new ScimError(503, `This request took longer than ${seconds} s and was stopped; ${done}. Send less at once`, {
    headers: { 'retry-after': '30' },
  })
}
