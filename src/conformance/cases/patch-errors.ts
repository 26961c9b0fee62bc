// Cases: PATCH requests that a server must refuse. RFC 7644 §3.5.2.

import { type JsonObject, PATCH_OP } from '../../protocol/index.ts'
import type { AttributePath } from '../attribute-path.ts'
import type { Case } from '../case.ts'
import { NotOffered } from '../fault.ts'
import { dig, fitsType, pathOf, valueAt, withValue } from '../json-access.ts'
import { type CaseBody, type Declare, requirements } from '../requirements.ts'
import { hasPrimary } from '../subject/list-element.ts'
import type { Subject } from '../subject/subject.ts'
import { shows, that } from '../walks/expectation.ts'
import { add, remove, replace } from '../walks/operation.ts'
import { refused } from '../walks/refused.ts'

const { must, should, own } = requirements('RFC 7644 §3.5.2', ['P-340'])
const SYNTAX = ['invalidSyntax', 'invalidValue', 'invalidPath', 'noTarget'] as const
const PATHS = ['invalidPath', 'invalidFilter', 'invalidSyntax', 'noTarget'] as const
const NAMES = ['invalidPath', 'noTarget', 'invalidSyntax', 'invalidValue'] as const
const VALUES = ['invalidValue', 'invalidSyntax'] as const
const CHARACTERISTICS = 'RFC 7644 §3.12'

/** A PATCH that a server must not carry out. */
interface BadPatch extends Omit<CaseBody, 'run'> {
  /** Its operations, or its whole body. */
  readonly by: (subject: Subject) => unknown
  /** The detail keywords that fit. */
  readonly keyword: readonly string[]
  /** What the resource has before; a text unless given. */
  readonly with?: (subject: Subject) => JsonObject
  /** Whether the resource is right though the PATCH was accepted: the server has understood what was meant. */
  readonly mended?: (subject: Subject) => (resource: unknown) => boolean
}

/** A case: a PATCH is refused. */
function badPatch(declare: Declare, id: string, title: string, { by, keyword, mended, ...more }: BadPatch): Case {
  const { with: before = ({ text }: Subject) => withValue(text, 'one'), ...body } = more
  const run = refused(async (subject, probe) => {
    const on = await probe.make(before(subject))
    const what = title.replace(/ (is|are) refused$/, '')
    return { by: probe.patch(on.path, by(subject)), what, keyword, on, mended: mended?.(subject) }
  })
  return declare(id, title, { ...body, run })
}

const fits = (path: AttributePath) => (resource: unknown) => fitsType(valueAt(resource, path), path)

/** The cases of the group "PATCH that must be refused". */
export const PATCH_ERRORS: readonly Case[] = [
  badPatch(own, 'P-341/schemas', 'a PATCH without schemas is refused', {
    fix: 'Answer 400 invalidSyntax to a PATCH without the PatchOp schema.',
    by: ({ text }) => ({ Operations: [replace(text, 'two')] }),
    keyword: SYNTAX,
  }),
  badPatch(should, 'P-341/operations', 'a PATCH without Operations is refused', {
    fix: 'Answer 400 invalidSyntax to a PATCH without Operations.',
    by: () => ({ schemas: [PATCH_OP] }),
    keyword: SYNTAX,
  }),
  badPatch(own, 'P-341/empty', 'a PATCH without any operation is refused', {
    fix: 'Answer 400 invalidSyntax to an empty list of operations (RFC 7644: one or more).',
    by: () => ({ schemas: [PATCH_OP], Operations: [] }),
    keyword: SYNTAX,
  }),
  badPatch(must, 'P-342/unknown', 'an unknown op is refused', {
    fix: 'Answer 400 to an op other than add, remove, replace.',
    by: ({ text }) => [{ ...replace(text, 'two'), op: 'move' }],
    keyword: SYNTAX,
  }),
  badPatch(must, 'P-342/missing', 'an operation without op is refused', {
    fix: 'Answer 400 to an operation without op.',
    by: ({ text }) => [{ path: pathOf(text), value: 'two' }],
    keyword: SYNTAX,
  }),
  badPatch(must, 'P-343/index', 'an index in a path is refused', {
    fix: 'SCIM has no array indexes; answer 400 invalidPath.',
    by: ({ list, element }) => [replace(`${pathOf(list)}[0]`, element(list, 'lockstep', 1))],
    keyword: PATHS,
  }),
  badPatch(own, 'P-343/pointer', 'a JSON Pointer is refused', {
    fix: 'SCIM paths are not JSON Pointers.',
    by: ({ text }) => [replace(`/${pathOf(text)}`, 'two')],
    keyword: PATHS,
  }),
  badPatch(must, 'P-344', 'a malformed path is refused', {
    fix: 'Answer 400 invalidPath to a path that does not parse.',
    by: ({ text }) => [replace(`${pathOf(text)}..x[`, 'two')],
    keyword: PATHS,
  }),
  badPatch(must, 'P-344/filter', 'a malformed filter in a path is refused', {
    fix: 'Answer 400 invalidFilter to a filter in a path that does not parse.',
    by: ({ list }) => [replace(`${pathOf(list)}[type regex "x"].value`, 'two@example.com')],
    keyword: ['invalidFilter', 'invalidPath', 'invalidSyntax'],
  }),
  ...(
    [
      ['id', 'lockstep-mine'],
      ['meta.created', '2000-01-01T00:00:00Z'],
    ] as const
  ).map(([path, value]) =>
    badPatch(must, `P-352/${path}`, `a change of ${path} is refused`, {
      fix: 'Answer 400 mutability to an operation on a readOnly attribute.',
      by: () => [replace(path, value)],
      keyword: ['mutability'],
    }),
  ),
  badPatch(own, 'P-354', 'an unknown attribute is refused', {
    fix: 'Answer 400 invalidPath to a path that no schema has; Entra wants such operations left out.',
    by: () => [replace('lockstepNope', 'two')],
    keyword: NAMES,
  }),
  badPatch(own, 'P-354/sub', 'an unknown sub-attribute is refused', {
    fix: 'Answer 400 invalidPath to a sub-attribute that no schema has.',
    by: ({ complex: { whole } }) => [replace(`${pathOf(whole)}.lockstepNope`, 'two')],
    keyword: NAMES,
  }),
  badPatch(own, 'P-354/urn', 'an unknown schema is refused', {
    fix: 'Answer 400 invalidPath to a URN that the type does not have.',
    by: () => [add('urn:example:lockstep:nope:attribute', 'two')],
    keyword: NAMES,
  }),
  badPatch(should, 'P-355/missing', 'an add without a value is refused', {
    section: 'RFC 7644 §3.5.2.1',
    fix: 'Answer 400 invalidValue to an add without value.',
    by: ({ text }) => [{ op: 'add', path: pathOf(text) }],
    keyword: VALUES,
  }),
  badPatch(must, 'P-355/type', 'an object for a string attribute is refused', {
    section: CHARACTERISTICS,
    fix: 'Answer 400 invalidValue to a value of the wrong type.',
    by: ({ text }) => [replace(text, { lockstep: 'x' })],
    keyword: VALUES,
    mended: ({ text }) => fits(text),
  }),
  badPatch(must, 'P-355/boolean', 'a word for a boolean attribute is refused', {
    section: CHARACTERISTICS,
    fix: 'Answer 400 invalidValue to a value of the wrong type.',
    by: ({ flag }) => [replace(flag, 'lockstep')],
    keyword: VALUES,
    mended: ({ flag }) => fits(flag),
  }),
  badPatch(must, 'S-042/patch', 'the string "false" for a boolean attribute is refused', {
    section: 'RFC 7643 §2.3.2',
    fix: 'Booleans are JSON literals. (Entra sends strings: see its section.)',
    by: ({ flag }) => [replace(flag, 'false')],
    keyword: VALUES,
    mended: ({ flag }) => fits(flag),
  }),
  badPatch(must, 'P-356', 'null for a required attribute is refused', {
    section: 'RFC 7643 §2.5',
    fix: 'Answer 400 to null for a required attribute.',
    by: ({ key }) => [replace(key, null)],
    keyword: ['invalidValue', 'mutability', 'invalidSyntax'],
    mended:
      ({ key }) =>
      (user) =>
        typeof valueAt(user, key) === 'string',
  }),
  badPatch(should, 'P-370/text', 'a string as the value without a path is refused', {
    fix: 'Without a path the value is an object with the attributes to change.',
    by: () => [{ op: 'replace', value: 'lockstep' }],
    keyword: ['invalidValue', 'invalidSyntax', 'noTarget', 'invalidPath'],
  }),
  badPatch(own, 'P-382', 'two primary values in one operation are refused', {
    fix: 'Answer 400 invalidValue; keeping one of the two is allowed as well.',
    by({ list, element }) {
      if (!hasPrimary(list.attribute)) throw new NotOffered(`${pathOf(list)} has no primary`)
      return [
        replace(
          list,
          [0, 1].map((at) => ({ ...element(list, 'lockstep@example.com', at), primary: true })),
        ),
      ]
    },
    keyword: VALUES,
  }),
  badPatch(own, 'P-391', 'a filter on a single-valued attribute is refused', {
    fix: 'Filters select elements of lists.',
    with: ({ complex: { first } }) => withValue(first, 'x'),
    by: ({ complex: { whole, first } }) => [
      replace(`${pathOf(whole)}[${first.sub.name} eq "x"]`, { [first.sub.name]: 'y' }),
    ],
    keyword: PATHS,
  }),
  badPatch(own, 'P-341/object', 'a single operation instead of an array is refused', {
    fix: 'Operations is an array (RFC 7644 §3.5.2); some clients send one object.',
    by: ({ text }) => ({ schemas: [PATCH_OP], Operations: replace(text, 'two') }),
    keyword: SYNTAX,
  }),
  badPatch(own, 'P-341/bare', 'a partial resource as the body of a PATCH is refused', {
    fix: 'A PATCH has Operations; a partial resource is the form of SCIM 1.1.',
    by: ({ type, text }) => ({ schemas: [type.schema], ...withValue(text, 'two') }),
    keyword: SYNTAX,
  }),
  badPatch(own, 'P-344/empty', 'an empty path is refused', {
    fix: 'A path is left out, not empty.',
    by: ({ text }) => [replace('', withValue(text, 'two'))],
    keyword: PATHS,
  }),
  badPatch(own, 'P-354/dot', 'a dot between URN and attribute is refused', {
    fix: 'URN and attribute are joined by a colon (RFC 7644 §3.10).',
    by: ({ extension: { urn, attribute } }) => [add(`${urn}.${attribute.name}`, 'two')],
    keyword: PATHS,
  }),
  must('P-357', "another resource's unique value in a PATCH is a conflict", {
    section: 'RFC 7644 §3.12',
    fix: 'Answer 409 uniqueness.',
    needs: ['P-340', 'S-071'],
    run: refused(async ({ unique }, probe) => {
      const [on, other] = await probe.makeEach({}, {})
      return {
        by: probe.patch(on.path, [replace(unique, other.name)]),
        what: `replace of ${pathOf(unique)} by that of another`,
        status: [409, 400],
        keyword: ['uniqueness'],
        on,
        expect: shows(unique, on.name),
      }
    }),
  }),
  must('P-358', 'PATCH of an unknown id is 404', {
    section: 'RFC 7644 §3.12',
    fix: 'Answer 404 to a PATCH of an id that does not exist.',
    run: refused(({ type, text }, probe) => ({
      by: probe.patch(`${type.endpoint}/00000000-0000-4000-8000-000000000000`, [replace(text, 'two')]),
      what: 'PATCH of an id that does not exist',
      status: [404],
    })),
  }),
  own('P-385', 'the base schema cannot be removed', {
    section: 'RFC 7643 §3',
    fix: 'Answer 400 mutability to a PATCH that takes the base schema out of schemas.',
    run: refused(async (_, probe) => {
      const on = await probe.make()
      return {
        by: probe.patch(on.path, [remove('schemas')]),
        what: 'remove of schemas',
        keyword: ['mutability', 'invalidPath', 'invalidValue'],
        on,
        expect: that('schemas as before', (user) => Array.isArray(dig(user, 'schemas'))),
      }
    }),
  }),
]
