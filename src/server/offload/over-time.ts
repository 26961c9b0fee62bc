// The refusal of a request that has taken too long.

import { ScimError, tooMany } from '../../protocol/index.ts'

/**
 * The error of a request that has taken longer than allowed. A search would take as long the next time, so it is refused for good; a
 * write may be sent again. `commits`: how many it had completed; only Bulk has more than one, and each of its operations that was not
 * carried out gets this error.
 */
export function overTime(method: string, path: string, seconds: number, commits: number): ScimError {
  if (method === 'GET' || method === 'HEAD' || path.includes('/.search')) {
    return tooMany(
      `This search took longer than ${seconds} s and was stopped; use a narrower filter or a smaller page, or have its attributes indexed (lockstep index put)`,
    )
  }
  const bulk = /^\/Bulk\/?$/i.test(path)
  const detail = bulk
    ? `The request took longer than ${seconds} s and was stopped before this was carried out; send the rest again`
    : commits === 0
      ? `This request took longer than ${seconds} s and was stopped; nothing was changed. Send less at once`
      : `This request took longer than ${seconds} s and was stopped; a part of it was carried out. Send less at once`
  return new ScimError(503, detail, { headers: { 'retry-after': '30' } })
}
