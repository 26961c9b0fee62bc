// Breaks: PATCH.

// biome-ignore-all lint/suspicious/noAssignInExpressions: a switch is one expression, so that a list of two hundred can be read
// biome-ignore-all lint/complexity/noCommaOperator: the same
// biome-ignore-all lint/suspicious/useIterableCallbackReturn: the same
import { type Break, error, errors, type Got, onAnswer, onRequest, operations } from '../broken.ts'
import { ENT } from './building-blocks.ts'

/** PATCH. */
export const PATCH_BREAKS: readonly Break[] = [
  {
    name: 'there is no PATCH',
    caught: ['P-340'],
    wrap: onRequest((sent) => (sent.method === 'PATCH' ? error(501) : undefined)),
  },
  {
    name: 'PATCH is answered 200 without a body',
    caught: ['P-347'],
    wrap: onAnswer(
      (got, sent) =>
        void (sent.method === 'PATCH' && got.status === 200 && !sent.query.has('attributes') && (got.body = undefined)),
    ),
  },
  {
    name: 'only the first operation is carried out',
    caught: ['P-345', 'P-394/move'],
    wrap: operations((all) => all.slice(0, 1)),
  },
  {
    name: 'operations are applied one by one, not all or none',
    caught: ['P-346'],
    wrap: (real) => async (sent) => {
      const all = sent.method === 'PATCH' ? sent.body?.Operations : undefined
      if (!Array.isArray(all) || all.length < 2) return real(sent)
      let got: Got | undefined
      for (const one of all) {
        got = await real({ ...sent, headers: new Headers(sent.headers), body: { ...sent.body, Operations: [one] } })
        if (got.status >= 400) break
      }
      return got ?? real(sent)
    },
  },
  {
    name: 'an unknown op is ignored',
    caught: ['P-342/unknown'],
    wrap: operations((all, sent) =>
      all.some(({ op }) => op === 'move') ? { status: 204, headers: new Headers(), body: undefined } : (void sent, all),
    ),
  },
  {
    name: 'op is compared with case',
    caught: ['P-342'],
    wrap: operations((all) => (all.some(({ op }) => /^[A-Z]/.test(op)) ? error(400, 'invalidSyntax') : all)),
  },
  {
    name: 'paths are compared with case',
    caught: ['S-031/patch'],
    wrap: operations((all) => (all.some(({ path }) => /^NAME\./.test(path)) ? error(400, 'invalidPath') : all)),
  },
  {
    name: 'qualified paths are unknown',
    caught: ['S-093', 'P-384/add', 'P-384/replace', 'P-384/remove'],
    wrap: operations((all) => (all.some(({ path }) => path?.startsWith(`${ENT}:`)) ? error(400, 'invalidPath') : all)),
  },
  {
    name: 'add replaces lists',
    caught: ['P-375/add', 'P-375/members'],
    wrap: operations((all) =>
      all.map((one) => (one.op === 'add' && Array.isArray(one.value) ? { ...one, op: 'replace' } : one)),
    ),
  },
  {
    name: 'replace appends to lists',
    caught: ['P-375/replace', 'P-375/replace-members'],
    wrap: operations((all) =>
      all.map((one) =>
        one.op === 'replace' && Array.isArray(one.value) && one.value.length > 0 ? { ...one, op: 'add' } : one,
      ),
    ),
  },
  {
    name: 'replace without a path replaces everything',
    caught: ['P-370/replace', 'P-370/rename'],
    wrap: operations((all) =>
      all.flatMap((one) =>
        one.op === 'replace' && one.path === undefined && typeof one.value === 'object'
          ? [{ op: 'remove', path: one.value.displayName ? 'members' : 'name' }, one]
          : [one],
      ),
    ),
  },
  {
    name: 'replace of a complex attribute replaces it whole',
    caught: ['P-373/replace'],
    wrap: operations((all) =>
      all.flatMap((one) =>
        one.op === 'replace' && one.path === 'name' ? [{ op: 'remove', path: 'name' }, one] : [one],
      ),
    ),
  },
  {
    name: 'removing one member removes all',
    caught: ['P-375/remove-member', 'P-375/remove-stranger'],
    wrap: operations((all) =>
      all.map((one) =>
        one.op === 'remove' && /^members\[.*\]$/.test(one.path) ? { op: 'remove', path: 'members' } : one,
      ),
    ),
  },
  {
    name: 'removing some members removes all',
    caught: ['P-375/remove-list'],
    wrap: operations((all) =>
      all.map((one) => (one.op === 'remove' && one.path === 'members' ? { op: 'remove', path: 'members' } : one)),
    ),
  },
  {
    name: 'false counts as no value',
    caught: ['P-372/boolean'],
    wrap: operations((all) =>
      all
        .filter(({ value }) => value !== false)
        .concat(all.some(({ value }) => value === false) ? [{ op: 'add', path: 'active', value: true }] : []),
    ),
  },
  {
    name: 'noTarget is success',
    caught: ['P-378/replace', 'P-379/none', 'P-370/remove'],
    wrap: errors(
      400,
      (got, sent) =>
        void (
          sent.method === 'PATCH' &&
          got.body.scimType === 'noTarget' &&
          Object.assign(got, { status: 204, body: undefined })
        ),
    ),
  },
  {
    name: 'noTarget is called invalidPath',
    caught: ['P-378/replace', 'P-379/none', 'P-370/remove'],
    wrap: errors(400, (got) => void (got.body.scimType === 'noTarget' && (got.body.scimType = 'invalidPath'))),
  },
  {
    name: 'changes of read-only attributes are ignored',
    caught: ['P-352/id', 'P-352/meta.created'],
    wrap: errors(
      400,
      (got, sent) =>
        void (
          sent.method === 'PATCH' &&
          got.body.scimType === 'mutability' &&
          ['id', 'meta.created'].includes(sent.body.Operations.at(-1)?.path) &&
          sent.body.Operations.length === 1 &&
          Object.assign(got, { status: 204, body: undefined })
        ),
    ),
  },
  {
    name: 'immutable attributes change',
    caught: ['P-303', 'P-388/add', 'P-388/replace', 'P-388/remove'],
    wrap: errors(
      400,
      (got, sent) =>
        void (
          got.body.scimType === 'mutability' &&
          /badge/.test(JSON.stringify(sent.body)) &&
          Object.assign(got, { status: 204, body: undefined })
        ),
    ),
  },
  {
    name: 'schemas may be missing in a PATCH',
    caught: ['P-341/schemas'],
    wrap: onRequest(
      (sent) =>
        void (
          sent.method === 'PATCH' &&
          sent.body?.schemas === undefined &&
          sent.body &&
          (sent.body.schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'])
        ),
    ),
  },
  {
    name: 'a filter on simple values means all of them',
    caught: ['P-386/replace', 'P-386/remove'],
    wrap: operations((all) =>
      all.map((one) => {
        const list = /^(.*:tags)\[value eq /.exec(one.path)?.[1]
        if (list === undefined) return one
        return one.op === 'remove' ? { op: 'remove', path: list } : { ...one, path: list, value: [one.value] }
      }),
    ),
  },
  {
    name: 'simple values cannot be filtered',
    caught: ['P-386/replace', 'P-386/remove'],
    wrap: operations((all) => (all.some(({ path }) => /:tags\[/.test(path)) ? error(400, 'invalidPath') : all)),
  },
]
