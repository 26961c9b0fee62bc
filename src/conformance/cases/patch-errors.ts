// Cases: PATCH requests that a server must refuse. RFC 7644 §3.5.2.

import { type JsonObject, PATCH_OP } from '../../protocol/index.ts'
import type { Case, Probe } from '../case.ts'
import { demand, demandRefusal } from '../demand.ts'
import type { Level } from '../fault.ts'
import { NotOffered } from '../fault.ts'
import { dig, fitsType, pathOf, valueAt, withValue } from '../json-access.ts'
import { requirements } from '../requirements.ts'

const { must, own } = requirements('RFC 7644 §3.12')

const MODIFY = 'RFC 7644 §3.5.2'
const SYNTAX = ['invalidSyntax', 'invalidValue', 'invalidPath', 'noTarget'] as const

/** A case: an operation, or a whole body, that is refused. */
function refused(
  id: string,
  level: Level,
  title: string,
  body: (probe: Probe) => unknown,
  keyword: readonly string[],
  fix: string,
  section = MODIFY,
  mended: (shown: unknown, probe: Probe) => boolean = () => false,
  given: (probe: Probe) => JsonObject = (probe) => withValue(probe.subject().text(), 'one'),
): Case {
  return {
    id,
    level,
    section,
    title,
    fix,
    needs: ['P-340'],
    async run(probe) {
      const made = await probe.make(given(probe))
      const answer = await probe.patch(made.path, body(probe))
      const right = answer.status < 300 && mended((await probe.get(made.path)).body, probe)
      demandRefusal(answer, title.replace(/ (is|are) refused$/, ''), { keyword, mended: right })
    },
  }
}

const text = (probe: Probe) => pathOf(probe.subject().text())
const PATHS = ['invalidPath', 'invalidFilter', 'invalidSyntax', 'noTarget'] as const

/** The cases of the group "PATCH that must be refused". */
export const PATCH_ERRORS: readonly Case[] = [
  refused(
    'P-341/schemas',
    'OWN',
    'a PATCH without schemas is refused',
    (probe) => ({ Operations: [{ op: 'replace', path: text(probe), value: 'two' }] }),
    SYNTAX,
    'Answer 400 invalidSyntax to a PATCH without the PatchOp schema.',
  ),
  refused(
    'P-341/operations',
    'SHOULD',
    'a PATCH without Operations is refused',
    () => ({ schemas: [PATCH_OP] }),
    SYNTAX,
    'Answer 400 invalidSyntax to a PATCH without Operations.',
  ),
  refused(
    'P-341/empty',
    'OWN',
    'a PATCH with no operation in it is refused',
    () => ({ schemas: [PATCH_OP], Operations: [] }),
    SYNTAX,
    'Answer 400 invalidSyntax to an empty list of operations (RFC 7644: one or more).',
  ),
  refused(
    'P-342/unknown',
    'MUST',
    'an unknown op is refused',
    (probe) => [{ op: 'move', path: text(probe), value: 'two' }],
    SYNTAX,
    'Answer 400 to an op other than add, remove, replace.',
  ),
  refused(
    'P-342/missing',
    'MUST',
    'an operation without op is refused',
    (probe) => [{ path: text(probe), value: 'two' }],
    SYNTAX,
    'Answer 400 to an operation without op.',
  ),
  refused(
    'P-343/index',
    'MUST',
    'an index in a path is refused',
    (probe) => [
      {
        op: 'replace',
        path: `${pathOf(probe.subject().list())}[0]`,
        value: probe.subject().element(probe.subject().list(), 'lockstep', 1),
      },
    ],
    PATHS,
    'SCIM has no array indexes; answer 400 invalidPath.',
  ),
  refused(
    'P-343/pointer',
    'OWN',
    'a JSON Pointer is refused',
    (probe) => [{ op: 'replace', path: `/${text(probe)}`, value: 'two' }],
    PATHS,
    'SCIM paths are no JSON Pointers.',
  ),
  refused(
    'P-344',
    'MUST',
    'a malformed path is refused',
    (probe) => [{ op: 'replace', path: `${text(probe)}..x[`, value: 'two' }],
    PATHS,
    'Answer 400 invalidPath to a path that does not parse.',
  ),
  refused(
    'P-344/filter',
    'MUST',
    'a malformed filter in a path is refused',
    (probe) => [
      { op: 'replace', path: `${pathOf(probe.subject().list())}[type regex "x"].value`, value: 'two@example.com' },
    ],
    ['invalidFilter', 'invalidPath', 'invalidSyntax'],
    'Answer 400 invalidFilter to a filter in a path that does not parse.',
  ),
  ...(['id', 'meta.created'] as const).map((path) =>
    refused(
      `P-352/${path}`,
      'MUST',
      `a change of ${path} is refused`,
      () => [{ op: 'replace', path, value: path === 'id' ? 'lockstep-mine' : '2000-01-01T00:00:00Z' }],
      ['mutability'],
      'Answer 400 mutability to an operation on a readOnly attribute.',
    ),
  ),
  refused(
    'P-354',
    'OWN',
    'an unknown attribute is refused',
    () => [{ op: 'replace', path: 'lockstepNope', value: 'two' }],
    ['invalidPath', 'noTarget', 'invalidSyntax', 'invalidValue'],
    'Answer 400 invalidPath to a path that no schema has; Entra wants such operations left out.',
  ),
  refused(
    'P-354/sub',
    'OWN',
    'an unknown sub-attribute is refused',
    (probe) => [{ op: 'replace', path: `${pathOf(probe.subject().complex().place)}.lockstepNope`, value: 'two' }],
    ['invalidPath', 'noTarget', 'invalidSyntax', 'invalidValue'],
    'Answer 400 invalidPath to a sub-attribute that no schema has.',
  ),
  refused(
    'P-354/urn',
    'OWN',
    'an unknown schema is refused',
    () => [{ op: 'add', path: 'urn:example:lockstep:nope:attribute', value: 'two' }],
    ['invalidPath', 'noTarget', 'invalidSyntax', 'invalidValue'],
    'Answer 400 invalidPath to a URN that the type does not have.',
  ),
  refused(
    'P-355/missing',
    'SHOULD',
    'an add without a value is refused',
    (probe) => [{ op: 'add', path: text(probe) }],
    ['invalidValue', 'invalidSyntax'],
    'Answer 400 invalidValue to an add without value.',
    'RFC 7644 §3.5.2.1',
  ),
  refused(
    'P-355/type',
    'MUST',
    'an object for a text is refused',
    (probe) => [{ op: 'replace', path: text(probe), value: { lockstep: 'x' } }],
    ['invalidValue', 'invalidSyntax'],
    'Answer 400 invalidValue to a value of the wrong type.',
    'RFC 7644 §3.12',
    (shown, probe) => fitsType(valueAt(shown, probe.subject().text()), probe.subject().text()),
  ),
  refused(
    'P-355/boolean',
    'MUST',
    'a word for a boolean is refused',
    (probe) => [{ op: 'replace', path: pathOf(probe.subject().flag()), value: 'lockstep' }],
    ['invalidValue', 'invalidSyntax'],
    'Answer 400 invalidValue to a value of the wrong type.',
    'RFC 7644 §3.12',
    (shown, probe) => fitsType(valueAt(shown, probe.subject().flag()), probe.subject().flag()),
  ),
  refused(
    'S-042/patch',
    'MUST',
    'the text "false" for a boolean is refused',
    (probe) => [{ op: 'replace', path: pathOf(probe.subject().flag()), value: 'false' }],
    ['invalidValue', 'invalidSyntax'],
    'Booleans are JSON literals. (Entra sends texts: see its section.)',
    'RFC 7643 §2.3.2',
    (shown, probe) => fitsType(valueAt(shown, probe.subject().flag()), probe.subject().flag()),
  ),
  refused(
    'P-356',
    'MUST',
    'null for a required attribute is refused',
    (probe) => [{ op: 'replace', path: pathOf(probe.subject().key()), value: null }],
    ['invalidValue', 'mutability', 'invalidSyntax'],
    'Answer 400 to null for a required attribute.',
    'RFC 7643 §2.5',
    (shown, probe) => typeof valueAt(shown, probe.subject().key()) === 'string',
  ),
  refused(
    'P-370/text',
    'SHOULD',
    'a text as the value without a path is refused',
    () => [{ op: 'replace', value: 'lockstep' }],
    ['invalidValue', 'invalidSyntax', 'noTarget', 'invalidPath'],
    'Without a path the value is an object with the attributes to change.',
  ),
  refused(
    'P-382',
    'OWN',
    'two primary values in an operation are refused',
    (probe) => {
      const subject = probe.subject()
      const list = subject.list()
      if (!list.attribute.subAttributes.some(({ name }) => name === 'primary'))
        throw new NotOffered(`${pathOf(list)} has no primary`)
      return [
        {
          op: 'replace',
          path: pathOf(list),
          value: [0, 1].map((at) => ({ ...subject.element(list, 'lockstep@example.com', at), primary: true })),
        },
      ]
    },
    ['invalidValue', 'invalidSyntax'],
    'Answer 400 invalidValue; keeping one of the two is allowed as well.',
  ),
  refused(
    'P-391',
    'OWN',
    'a filter on a singular attribute is refused',
    (probe) => {
      const { place, first } = probe.subject().complex()
      return [
        { op: 'replace', path: `${pathOf(place)}[${first.sub?.name} eq "x"]`, value: { [first.sub?.name ?? '']: 'y' } },
      ]
    },
    PATHS,
    'Filters select elements of lists.',
    MODIFY,
    () => false,
    (probe) => withValue(probe.subject().complex().first, 'x'),
  ),
  refused(
    'P-341/object',
    'OWN',
    'a single operation without a list is refused',
    (probe) => ({ schemas: [PATCH_OP], Operations: { op: 'replace', path: text(probe), value: 'two' } }),
    SYNTAX,
    'Operations is an array (RFC 7644 §3.5.2); some clients send one object.',
  ),
  refused(
    'P-341/bare',
    'OWN',
    'a PATCH that is a part of a resource is refused',
    (probe) => ({ schemas: [probe.subject().type.schema], ...withValue(probe.subject().text(), 'two') }),
    SYNTAX,
    'A PATCH has Operations; a part of a resource is the form of SCIM 1.1.',
  ),
  refused(
    'P-344/empty',
    'OWN',
    'an empty path is refused',
    (probe) => [{ op: 'replace', path: '', value: withValue(probe.subject().text(), 'two') }],
    PATHS,
    'A path is left out, not empty.',
  ),
  refused(
    'P-354/dot',
    'OWN',
    'a dot between URN and attribute is refused',
    (probe) => {
      const place = probe.subject().extension()
      return [{ op: 'add', path: `${place.urn}.${place.attribute.name}`, value: 'two' }]
    },
    PATHS,
    'URN and attribute are joined by a colon (RFC 7644 §3.10).',
  ),
  must('P-357', "another resource's unique value in a PATCH is a conflict", {
    fix: 'Answer 409 uniqueness.',
    needs: ['P-340', 'S-071'],
    async run(probe) {
      const subject = probe.subject()
      subject.unique()
      const [one, other] = [await probe.make(), await probe.make()]
      demandRefusal(
        await probe.patch(one.path, [{ op: 'replace', path: pathOf(subject.named), value: other.name }]),
        `replace of ${pathOf(subject.named)} by that of another`,
        { status: [409, 400], keyword: ['uniqueness'] },
      )
      const shown = await probe.get(one.path)
      demand(shown, valueAt(shown.body, subject.named) === one.name, `${pathOf(subject.named)} as before`)
    },
  }),
  must('P-358', 'PATCH of an unknown id is 404', {
    fix: 'Answer 404 to a PATCH of an id that does not exist.',
    needs: ['P-340'],
    async run(probe) {
      const { type } = probe.subject()
      demandRefusal(
        await probe.patch(`${type.endpoint}/00000000-0000-4000-8000-000000000000`, [
          { op: 'replace', path: text(probe), value: 'two' },
        ]),
        'PATCH of an id that does not exist',
        { status: [404] },
      )
    },
  }),
  own('P-385', 'the base schema can not be removed', {
    section: 'RFC 7643 §3',
    fix: 'Answer 400 mutability to a PATCH that takes the base schema out of schemas.',
    needs: ['P-340'],
    async run(probe) {
      const made = await probe.make()
      const answer = await probe.patch(made.path, [{ op: 'remove', path: 'schemas' }])
      demandRefusal(answer, 'remove of schemas', { keyword: ['mutability', 'invalidPath', 'invalidValue'] })
      const shown = await probe.get(made.path)
      demand(shown, Array.isArray(dig(shown.body, 'schemas')), 'schemas as before')
    },
  }),
]
