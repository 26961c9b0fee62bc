// Cases: versions of resources, ETag and If-Match. RFC 7644 §3.14.

import type { Case, Probe } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'
import { add, replace } from '../walks/operation.ts'
import type { Exchange } from '../wire/exchange.ts'

const { must, should, own } = requirements('RFC 7644 §3.14', ['P-500'])
const STALE = 'W/"lockstep-stale"'

/** Reads a resource before and after something is done, and demands that its ETag is another one, or the same. */
async function demandVersion(
  probe: Probe,
  path: string,
  wanted: 'another ETag' | 'the same ETag',
  act: () => Promise<unknown>,
): Promise<void> {
  const before = await probe.get(path)
  if (before.header('etag') === undefined) throw new NotOffered('the resource has no ETag')
  await act()
  const after = await probe.get(path)
  const isSame = before.header('etag') === after.header('etag')
  demand([before, after], isSame === (wanted === 'the same ETag'), wanted)
}

/** A PUT of another value of the text, with headers. */
function put(
  probe: Probe,
  made: { readonly path: string; readonly name: string },
  ifMatch: string | undefined,
  value = 'two',
) {
  const { text, body } = probe.subject()
  return probe.put(made.path, body(made.name, withValue(text, value)), { 'if-match': ifMatch })
}

/** The cases of the group "Versions". */
export const ETAG: readonly Case[] = [
  must('P-500', 'GET of a resource returns an ETag', {
    fix: 'Send ETag with single resources, or set etag.supported to false.',
    needs: [],
    async run(probe) {
      if (probe.declared.has('etag') !== true) throw new NotOffered('etag.supported is not true')
      const shown = await probe.get((await probe.make()).path)
      demand(shown, /^(W\/)?"[^"]*"$/.test(shown.header('etag') ?? ''), 'an ETag header, like W/"3694e05e9dff590"')
    },
  }),
  should('S-019', 'meta.version is the ETag', {
    fix: 'Write the value of ETag, W/ and quotes included, into meta.version.',
    async run(probe) {
      const shown = await probe.get((await probe.make()).path)
      const version = dig(shown.body, 'meta', 'version')
      demand(shown, version !== undefined, 'meta.version')
      demand(shown, version === shown.header('etag'), `meta.version ${shown.header('etag')}`, 'MUST')
    },
  }),
  ...(
    [
      ['put', 'P-300'],
      ['patch', 'P-340'],
      ['delete', 'P-400'],
    ] as const
  ).map(([method, needed]) =>
    must(`P-501/${method}`, `${method.toUpperCase()} with a stale If-Match changes nothing`, {
      fix: 'Answer 412 when If-Match names another version than the current one.',
      needs: ['P-500', needed],
      async run(probe) {
        const { text } = probe.subject()
        const made = await probe.make(withValue(text, 'one'))
        const send: { readonly [name in typeof method]: () => Promise<Exchange> } = {
          put: () => put(probe, made, STALE),
          patch: () => probe.patch(made.path, [replace(text, 'two')], { 'if-match': STALE }),
          delete: () => probe.del(made.path, { 'if-match': STALE }),
        }
        const answer = await send[method]()
        demandRefusal(answer, `${method.toUpperCase()} with If-Match of another version`, { status: [412, 409] })
        const shown = await probe.get(made.path)
        demand([answer, shown], shown.status === 200 && valueAt(shown.body, text) === 'one', 'the resource unchanged')
      },
    }),
  ),
  must('P-501/current', 'a write with the current version is carried out', {
    fix: 'Carry out writes whose If-Match is the current ETag, weak tags too.',
    needs: ['P-500', 'P-300'],
    async run(probe) {
      const made = await probe.make()
      const tag = (await probe.get(made.path)).header('etag')
      demandStatus(await put(probe, made, tag), [200], 'PUT with If-Match of the current version')
    },
  }),
  own('P-502', 'If-Match: * matches any existing resource', {
    section: 'RFC 9110 §13.1.1',
    fix: 'Accept * and lists of tags in If-Match.',
    needs: ['P-500', 'P-300'],
    async run(probe) {
      const made = await probe.make()
      demandStatus(await put(probe, made, '*'), [200], 'PUT with If-Match: *')
      const tag = (await probe.get(made.path)).header('etag')
      const answer = await put(probe, made, `${STALE}, ${tag}`)
      demandStatus(answer, [200], 'PUT with If-Match of two tags, one of them current')
    },
  }),
  must('P-503', 'GET with If-None-Match of the current version is 304', {
    fix: 'Answer 304 without a body when If-None-Match is the current ETag.',
    async run(probe) {
      const { path } = await probe.make()
      const shown = await probe.get(path)
      const again = await probe.get(path, { 'if-none-match': shown.header('etag') })
      demandStatus(again, [304], 'GET with If-None-Match')
      demand(again, again.text === '', 'no body')
    },
  }),
  must('P-503/other', 'GET with If-None-Match of another version is 200', {
    fix: 'Answer 200 when If-None-Match is another ETag.',
    async run(probe) {
      const answer = await probe.get((await probe.make()).path, { 'if-none-match': STALE })
      demandStatus(answer, [200], 'GET with If-None-Match of another version')
    },
  }),
  must('P-504', 'every change makes a new version', {
    section: 'RFC 7643 §3.1',
    fix: 'Create a new ETag with each change.',
    needs: ['P-500', 'P-300'],
    async run(probe) {
      const made = await probe.make()
      await demandVersion(probe, made.path, 'another ETag', () => put(probe, made, undefined))
    },
  }),
  must('P-504/members', 'a change of members makes a new version of the group', {
    section: 'RFC 7643 §3.1',
    fix: 'Create a new ETag when the members of a group change.',
    needs: ['P-500', 'P-340', 'S-132'],
    async run(probe) {
      const [{ id }, { path }] = [await probe.make(), await probe.makeGroup()]
      await demandVersion(probe, path, 'another ETag', async () =>
        demandStatus(await probe.patch(path, [add('members', [{ value: id }])]), [200, 204], 'add of a member'),
      )
    },
  }),
  own('P-506', 'membership does not change the version of the user', {
    fix: 'Leave derived attributes (groups) out of the version.',
    needs: ['P-500', 'S-132/members'],
    async run(probe) {
      const { id, path } = await probe.make()
      await demandVersion(probe, path, 'the same ETag', () => probe.makeGroup([{ value: id }]))
    },
  }),
  own('P-505', 'of several writers with the same version, one succeeds', {
    fix: 'Check If-Match and write in one transaction.',
    needs: ['P-500', 'P-300', 'P-501/put'],
    async run(probe) {
      const made = await probe.make()
      const tag = (await probe.get(made.path)).header('etag')
      const answers = await Promise.all(['a', 'b', 'c', 'd'].map((value) => put(probe, made, tag, value)))
      demand(answers, answers.filter(({ status }) => status === 200).length === 1, '200 once, 412 for the others')
    },
  }),
]
