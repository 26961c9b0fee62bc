// What is different from the check before: cases and identity providers whose verdict is another one.

import type { Result, Verdict } from '../../conformance/index.ts'
import type { CheckBook } from './check-book.ts'
import type { CheckRun } from './check-run.ts'

/** A case whose verdict is another one; absent where only one of the two has it. */
export interface CaseDifference extends Pick<Result, 'id' | 'group' | 'title' | 'section'> {
  readonly before?: Verdict
  readonly after?: Verdict
}

/** The differences between two checks of one subject. */
export interface CheckDifference {
  /** The check before; absent: there is none that came to its end. */
  readonly to?: CheckRun
  /** Gravest first, as the verdict is now. */
  readonly cases: readonly CaseDifference[]
  readonly providers: readonly { readonly name: string; readonly before: boolean; readonly after: boolean }[]
}

const GRAVEST: readonly (Verdict | undefined)[] = [
  'must',
  'should',
  'differs',
  'untested',
  undefined,
  'unadvertised',
  'passed',
]

/** Compares a check with the last one of the same subject before it that came to its end. */
export async function differenceOf(book: CheckBook, tenant: string, run: CheckRun): Promise<CheckDifference> {
  const to = (await book.list(tenant)).find(
    (one) =>
      one.id < run.id &&
      one.state === 'done' &&
      one.stopped === undefined &&
      one.subject.kind === run.subject.kind &&
      one.subject.name === run.subject.name,
  )
  if (to === undefined) return { cases: [], providers: [] }
  const [then, now] = await Promise.all([book.whole(tenant, to), book.whole(tenant, run)])
  const before = new Map(then.results.map((one) => [one.id, one]))
  const after = new Map(now.results.map((one) => [one.id, one]))
  // Of a check that has not come to its end, or of some cases alone, the rest is not gone.
  const isWhole = run.state === 'done' && run.stopped === undefined && run.only.length + to.only.length === 0
  const cases = [...new Set([...before.keys(), ...after.keys()])].flatMap((id): readonly CaseDifference[] => {
    const [was, is] = [before.get(id), after.get(id)]
    const either = is ?? was
    if (either === undefined || was?.verdict === is?.verdict) return []
    if (!isWhole && (was === undefined || is === undefined)) return []
    const { group, title, section } = either
    return [
      {
        id,
        group,
        title,
        section,
        ...(was === undefined ? {} : { before: was.verdict }),
        ...(is === undefined ? {} : { after: is.verdict }),
      },
    ]
  })
  const rank = ({ after: verdict }: CaseDifference) => GRAVEST.indexOf(verdict)
  const providers = run.providers.flatMap(({ kind, name, works }) => {
    const was = to.providers.find((one) => one.kind === kind)
    return was === undefined || was.works === works ? [] : [{ name, before: was.works, after: works }]
  })
  return { to, cases: cases.toSorted((a, b) => rank(a) - rank(b)), providers }
}
