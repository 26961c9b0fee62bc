// Cases: versions of resources, ETag and If-Match. RFC 7644 §3.14.

import type { Case } from '../case.ts'
import { demand, demandRefusal, demandStatus } from '../demand.ts'
import { NotOffered } from '../fault.ts'
import { dig, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const VERSIONS = 'RFC 7644 §3.14'
const { must, should, own } = requirements(VERSIONS)
const STALE = 'W/"lockstep-stale"'

/** The cases of the group "Versions". */
export const ETAG: readonly Case[] = [
  must('P-500', 'a read resource has an ETag', {
    fix: 'Send ETag with single resources, or set etag.supported to false.',
    async run(probe) {
      if (probe.declared.has('etag') !== true) throw new NotOffered('etag.supported is not true')
      const shown = await probe.get((await probe.make()).path)
      demand(shown, /^(W\/)?"[^"]*"$/.test(shown.header('etag') ?? ''), 'an ETag header, like W/"3694e05e9dff590"')
    },
  }),
  should('S-019', 'meta.version is the ETag', {
    fix: 'Write the value of ETag, W/ and quotes included, into meta.version.',
    needs: ['P-500'],
    async run(probe) {
      const shown = await probe.get((await probe.make()).path)
      const version = dig(shown.body, 'meta', 'version')
      demand(shown, version !== undefined, 'meta.version')
      demand(shown, version === shown.header('etag'), `meta.version ${shown.header('etag')}`, 'MUST')
    },
  }),
  ...(['put', 'patch', 'delete'] as const).map(
    (method): Case => ({
      id: `P-501/${method}`,
      level: 'MUST',
      section: VERSIONS,
      title: `${method.toUpperCase()} with a stale If-Match changes nothing`,
      fix: 'Answer 412 when If-Match names another version than the current one.',
      needs: ['P-500', method === 'put' ? 'P-300' : method === 'patch' ? 'P-340' : 'P-400'],
      async run(probe) {
        const subject = probe.subject()
        const text = subject.text
        const made = await probe.make(withValue(text, 'one'))
        const headers = { 'if-match': STALE }
        const answer =
          method === 'put'
            ? await probe.put(made.path, subject.body(made.name, withValue(text, 'two')), headers)
            : method === 'patch'
              ? await probe.patch(made.path, [{ op: 'replace', path: pathOf(text), value: 'two' }], headers)
              : await probe.del(made.path, headers)
        demandRefusal(answer, `${method.toUpperCase()} with If-Match of another version`, { status: [412, 409] })
        const shown = await probe.get(made.path)
        demand([answer, shown], shown.status === 200 && valueAt(shown.body, text) === 'one', 'the resource unchanged')
      },
    }),
  ),
  must('P-501/current', 'a write with the current version is done', {
    fix: 'Carry out writes whose If-Match is the current ETag, weak tags too.',
    needs: ['P-500', 'P-300'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const shown = await probe.get(made.path)
      const answer = await probe.put(made.path, subject.body(made.name, withValue(subject.text, 'two')), {
        'if-match': shown.header('etag'),
      })
      demandStatus(answer, [200], 'PUT with If-Match of the current version')
    },
  }),
  own('P-502', 'If-Match: * matches what exists', {
    section: 'RFC 9110 §13.1.1',
    fix: 'Take * and lists of tags in If-Match.',
    needs: ['P-500', 'P-300'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const body = subject.body(made.name, withValue(subject.text, 'two'))
      demandStatus(await probe.put(made.path, body, { 'if-match': '*' }), [200], 'PUT with If-Match: *')
      const tag = (await probe.get(made.path)).header('etag')
      demandStatus(
        await probe.put(made.path, body, { 'if-match': `${STALE}, ${tag}` }),
        [200],
        'PUT with If-Match of two tags, one of them current',
      )
    },
  }),
  must('P-503', 'GET with If-None-Match of the current version is 304', {
    fix: 'Answer 304 without a body when If-None-Match is the current ETag.',
    needs: ['P-500'],
    async run(probe) {
      const made = await probe.make()
      const shown = await probe.get(made.path)
      const again = await probe.get(made.path, { 'if-none-match': shown.header('etag') })
      demandStatus(again, [304], 'GET with If-None-Match')
      demand(again, again.text === '', 'no body')
    },
  }),
  must('P-503/other', 'GET with If-None-Match of another version is 200', {
    fix: 'Answer 200 when If-None-Match is another ETag.',
    needs: ['P-500'],
    async run(probe) {
      const made = await probe.make()
      demandStatus(
        await probe.get(made.path, { 'if-none-match': STALE }),
        [200],
        'GET with If-None-Match of another version',
      )
    },
  }),
  must('P-504', 'a change changes the version', {
    section: 'RFC 7643 §3.1',
    fix: 'Make a new ETag with each change.',
    needs: ['P-500', 'P-300'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const before = await probe.get(made.path)
      await probe.put(made.path, subject.body(made.name, withValue(subject.text, 'two')))
      const after = await probe.get(made.path)
      demand([before, after], before.header('etag') !== after.header('etag'), 'another ETag')
    },
  }),
  must('P-504/members', 'a change of members changes the version of the group', {
    section: 'RFC 7643 §3.1',
    fix: 'Make a new ETag when the members of a group change.',
    needs: ['P-500', 'P-340', 'S-132'],
    async run(probe) {
      const user = await probe.make()
      const group = await probe.makeGroup()
      const before = await probe.get(group.path)
      if (before.header('etag') === undefined) throw new NotOffered('groups have no ETag')
      demandStatus(
        await probe.patch(group.path, [{ op: 'add', path: 'members', value: [{ value: user.id }] }]),
        [200, 204],
        'add of a member',
      )
      const after = await probe.get(group.path)
      demand([before, after], before.header('etag') !== after.header('etag'), 'another ETag')
    },
  }),
  own('P-506', 'membership does not change the version of the user', {
    fix: 'Leave derived attributes (groups) out of the version.',
    needs: ['P-500', 'S-132/members'],
    async run(probe) {
      const user = await probe.make()
      const before = await probe.get(user.path)
      await probe.makeGroup([{ value: user.id }])
      const after = await probe.get(user.path)
      demand([before, after], before.header('etag') === after.header('etag'), 'the same ETag')
    },
  }),
  own('P-505', 'of two writers with the same version one wins', {
    fix: 'Check If-Match and write in one transaction.',
    needs: ['P-500', 'P-300', 'P-501/put'],
    async run(probe) {
      const subject = probe.subject()
      const made = await probe.make()
      const tag = (await probe.get(made.path)).header('etag')
      const answers = await Promise.all(
        ['a', 'b', 'c', 'd'].map((value) =>
          probe.put(made.path, subject.body(made.name, withValue(subject.text, value)), { 'if-match': tag }),
        ),
      )
      demand(answers, answers.filter(({ status }) => status === 200).length === 1, '200 once, 412 for the others')
    },
  }),
]
