// Cases: reading one resource. RFC 7644 §3.4.1.

import type { Case } from '../case.ts'
import { demand, demandRefusal, demandResource } from '../demand.ts'
import { dig, isSameUri, isUnassigned, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const READ = 'RFC 7644 §3.4.1'
const { must, own } = requirements(READ)

/** The cases of the group "Read". */
export const GET: readonly Case[] = [
  must('P-080', 'a resource can be read by its id', {
    fix: 'Answer GET of a resource with 200 and all attributes that are returned by default.',
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const shown = await probe.get(made.path)
      const body = demandResource(shown, [200], `GET ${made.path}`)
      demand(shown, body.id === made.id, `id ${made.id}`)
      demand(shown, valueAt(body, subject.named) === made.name, `${pathOf(subject.named)} "${made.name}"`)
    },
  }),
  must('P-081', 'a resource is addressed by its id only, not by its name', {
    fix: 'Look resources up by id alone; names are for filters.',
    async run(probe) {
      const made = await probe.make()
      demandRefusal(await probe.get(`${made.type.endpoint}/${encodeURIComponent(made.name)}`), 'GET by name', {
        status: [404, 400],
      })
    },
  }),
  own('P-083', 'GET sends Location', {
    fix: 'Send Location (or Content-Location) with the answer to a GET of one resource.',
    async run(probe) {
      const shown = await probe.get((await probe.make()).path)
      const given = shown.header('location') ?? shown.header('content-location')
      demand(shown, given !== undefined, 'a Location header')
      const location = dig(shown.body, 'meta', 'location')
      demand(shown, isSameUri(given, location, shown.url, probe.base), 'the same URI as meta.location')
    },
  }),
  own('P-084', 'a filter on a single resource is refused', {
    section: 'RFC 7644 §3.4.2.1',
    fix: 'Answer 400 invalidFilter, so that nobody takes an ignored filter for a match.',
    async run(probe) {
      const made = await probe.make()
      demandRefusal(await probe.filter(made.path, 'id pr'), 'GET of a resource with a filter', {
        status: [400, 403],
        keyword: ['invalidFilter'],
      })
    },
  }),
  must('P-200/get', 'GET of a resource takes attributes', {
    section: 'RFC 7644 §3.9',
    fix: 'Apply attributes to GET of one resource.',
    async run(probe) {
      const subject = probe.subject()
      const text = subject.text
      const made = await probe.make(withValue(text, 'lockstep'))
      const shown = await probe.get(`${made.path}?attributes=${pathOf(subject.named)}`)
      const body = demandResource(shown, [200], 'GET with attributes')
      demand(shown, isUnassigned(valueAt(body, text)), `no ${pathOf(text)}`)
      demand(shown, valueAt(body, subject.named) !== undefined, pathOf(subject.named))
    },
  }),
]
