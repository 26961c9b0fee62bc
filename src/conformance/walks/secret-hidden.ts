// The walk of cases about secrets: create a resource with one, and look for it in every answer.

import type { AttributePath } from '../attribute-path.ts'
import { demand, demandResource } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { pathOf, valueAt, withValue } from '../json-access.ts'
import type { Subject } from '../subject/subject.ts'
import type { Run } from './plan.ts'

/** A value that is given in a creation is shown neither there nor by a GET, not even when it is requested. */
export function secretHidden(pick: (subject: Subject) => AttributePath): Run {
  return async (probe) => {
    const subject = probe.subject()
    const path = pick(subject)
    const secret = `Lk-${probe.word()}-Xy7!`
    const answer = await probe.create(withValue(path, secret))
    if (answer.status === 400) throw new NotOffered(`${pathOf(path)} was refused`)
    const { id } = demandResource(answer, [201, 200], `a creation with ${pathOf(path)}`)
    const url = `${subject.type.endpoint}/${String(id)}`
    const answers = [answer, await probe.get(url), await probe.get(`${url}?attributes=${pathOf(path)}`)]
    const telling = answers.find(({ body, text }) => valueAt(body, path) !== undefined || text.includes(secret))
    demand(telling ?? answer, telling === undefined, `no ${pathOf(path)} in the answer`)
  }
}
