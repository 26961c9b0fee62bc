// Cases: reading one resource. RFC 7644 §3.4.1.

import type { Case } from '../case.ts'
import { demand } from '../demand.ts'
import { dig, isSameUri, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { lacks, shows, that } from '../walks/expectation.ts'
import { readBack } from '../walks/read-back.ts'
import { refused } from '../walks/refused.ts'

const { must, own } = requirements('RFC 7644 §3.4.1')

/** The cases of the group "Read". */
export const GET: readonly Case[] = [
  must('P-080', 'a resource can be read by its id', {
    fix: 'Answer GET of a resource with 200 and all attributes that are returned by default.',
    run: readBack(async ({ named }, probe) => {
      const on = await probe.make()
      return { on, expect: [that(`id ${on.id}`, (user) => dig(user, 'id') === on.id), shows(named, on.name)] }
    }),
  }),
  must('P-081', 'a resource is addressed by its id, not by its name', {
    fix: 'Look resources up by id alone; names are for filters.',
    run: refused(async ({ type }, probe) => {
      const { name } = await probe.make()
      return { by: probe.get(`${type.endpoint}/${encodeURIComponent(name)}`), what: 'GET by name', status: [404, 400] }
    }),
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
    fix: 'Answer 400 invalidFilter, so that an ignored filter is not mistaken for a match.',
    run: refused(async (_, probe) => ({
      by: probe.filter((await probe.make()).path, 'id pr'),
      what: 'GET of a resource with a filter',
      status: [400, 403],
      keyword: ['invalidFilter'],
    })),
  }),
  must('P-200/get', 'GET of a resource supports attributes', {
    section: 'RFC 7644 §3.9',
    fix: 'Apply attributes to GET of one resource.',
    run: readBack(({ named, text }) => ({
      with: withValue(text, 'lockstep'),
      query: `attributes=${pathOf(named)}`,
      expect: [lacks(text), that(pathOf(named), (user) => valueAt(user, named) !== undefined)],
    })),
  }),
]
